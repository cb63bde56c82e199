import * as Flags from '@oclif/core/flags'
import { parseRuleKey } from '../fleet/split-key.ts'
import { everybody, type RuleEdits, type RuleKey, type Variant } from '../lib/split-rules.ts'
import { WrongUsage } from './wrong-usage.ts'

function short(input: string): string {
  return input.length > 60 ? `${input.slice(0, 60)}…` : input
}

const ruleFlag = Flags.custom<RuleKey>({
  helpValue: 'RULE',
  multiple: true,
  parse: (input) => {
    const rule = parseRuleKey(input)
    if (!('mistake' in rule)) return Promise.resolve(rule)
    const written = 'write it like header=beta, cookie=beta or source=10.1.0.0/16'
    return Promise.reject(new WrongUsage(`"${short(input)}" ${rule.mistake}: ${written}`))
  },
})

const shareFlag = Flags.custom<number>({
  helpValue: 'SHARE',
  parse: (input) => {
    const [, digits] = /^(\d{1,3}(?:\.\d{1,2})?)%$/.exec(input) ?? []
    const share = Math.round(Number(digits) * 100)
    if (share <= everybody) return Promise.resolve(share)
    return Promise.reject(
      new WrongUsage(`${short(input)} is no share from 0% to 100% in steps of 0.01%: write it like 5% or 0.5%`),
    )
  },
})

/** What says who is sent where. */
export const splitFlags = {
  share: shareFlag({ summary: 'How many of those whom no rule names are sent to b.' }),
  'to-b': ruleFlag({ summary: 'Who has this header or cookie, or is in this network, is sent to b.' }),
  'to-a': ruleFlag({ summary: 'And to a.' }),
  forget: ruleFlag({ summary: 'No rule about these any more.' }),
  all: Flags.option({ options: ['a', 'b'] as const })({
    summary: 'Everybody is sent there, and every rule forgotten.',
  }),
}

/** The flags, parsed. */
interface SplitFlags {
  readonly share: number | undefined
  readonly 'to-a': readonly RuleKey[] | undefined
  readonly 'to-b': readonly RuleKey[] | undefined
  readonly forget: readonly RuleKey[] | undefined
  readonly all: Variant | undefined
  readonly like: string | undefined
}

/** What they come to. Throws WrongUsage where one rule is told two things, and where nothing is told at all. */
export function editsOf({ share, 'to-a': toA = [], 'to-b': toB = [], forget = [], all, like }: SplitFlags): RuleEdits {
  const named = [...toA, ...toB, ...forget].map(({ by, key }) => `${by}=${key}`)
  const twice = named.find((one, index) => named.indexOf(one) !== index)
  if (named.length === 0 && share === undefined && all === undefined && like === undefined) {
    throw new WrongUsage('say who is to be sent where: --share, --to-a, --to-b, --forget, --all or --like')
  }
  if (all !== undefined && (named.length > 0 || share !== undefined)) {
    throw new WrongUsage(`--all ${all} forgets every rule: nothing else can be said with it`)
  }
  if (twice !== undefined) throw new WrongUsage(`${twice} is named twice`)
  return {
    ...(all && { all }),
    ...(share !== undefined && { share }),
    set: [...toA.map((rule) => ({ ...rule, to: 'a' as const })), ...toB.map((rule) => ({ ...rule, to: 'b' as const }))],
    forget,
  }
}
