import { everybody, noRules, ruleKinds, variants, type Rule, type Rules, type SplitMap } from '../../lib/split-rules.ts'
import type { MapEntry } from './maps.ts'

/*
 * A split is kept in one map file for each thing that decides: `shop.header.map` and so on with `beta b`, and
 * `shop.share.map` with `share 1000`, of 10,000. What `zdt split set` changes is the file and the running worker's map at once.
 */

/** What one map of a split has in it. */
export function entriesOf({ rules, share }: Rules, map: SplitMap): MapEntry[] {
  if (map === 'share') return [{ key: 'share', value: String(share) }]
  return rules.filter(({ by }) => by === map).map(({ key, to }) => ({ key, value: to }))
}

/** The rules that the maps of a split come to; what is no rule of zdt's is left out, and counted. */
export function rulesOf(maps: ReadonlyMap<SplitMap, readonly MapEntry[]>): {
  readonly rules: Rules
  readonly odd: number
} {
  const share = Number(maps.get('share')?.find(({ key }) => key === 'share')?.value ?? 0)
  const all = ruleKinds.flatMap((by) => (maps.get(by) ?? []).map(({ key, value }) => ({ by, key, to: value })))
  const rules = all.filter((one): one is Rule => (variants as readonly string[]).includes(one.to))
  const isShare = Number.isInteger(share) && share >= 0 && share <= everybody
  return {
    rules: { rules, share: isShare ? share : noRules.share },
    odd: all.length - rules.length + (isShare ? 0 : 1),
  }
}

/** The file of one map. */
export function mapText(split: string, entries: readonly MapEntry[]): string {
  const lines = entries.map(({ key, value }) => `${key} ${value}`)
  return [`# The split ${split}: changed by zdt split set ${split}, while HAProxy runs.`, ...lines, ''].join('\n')
}

/** What such a file says; comments aside. */
export function parseMapText(text: string): MapEntry[] {
  return text.split('\n').flatMap((line) => {
    const [, key, value] = /^\s*([^\s#]\S*)\s+(\S.*?)\s*$/.exec(line) ?? []
    return key === undefined || value === undefined ? [] : [{ key, value }]
  })
}
