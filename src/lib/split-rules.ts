/** The two pools of a split, by their letters in zdt.yaml. */
export const variants = ['a', 'b'] as const
export type Variant = (typeof variants)[number]

/** What a rule looks at, in the order in which they are asked: the first that says anything decides. */
export const ruleKinds = ['header', 'cookie', 'source'] as const
export type RuleKind = (typeof ruleKinds)[number]

/** What a rule is told by: `header=beta`, `source=10.1.0.0/16`. */
export type RuleKey = { readonly by: RuleKind; readonly key: string }

/** Who says this is sent there. */
export type Rule = RuleKey & { readonly to: Variant }

/** Who of a split's clients is sent where. Data: it goes into plans and journals. */
export type Rules = {
  readonly rules: readonly Rule[]
  /** Of those that no rule names, how many of 10,000 are sent to `b`. */
  readonly share: number
}

/** What HAProxy has a map of, for each split. */
export type SplitMap = RuleKind | 'share'

/** The maps of a split: networks and the share always decide, header and cookie where zdt.yaml names them. */
export function mapsOf({ header, cookie }: { readonly header?: string; readonly cookie?: string }): SplitMap[] {
  const named = ruleKinds.filter((by) => by === 'source' || (by === 'header' ? header : cookie) !== undefined)
  return [...named, 'share']
}

/** All of them. */
export const everybody = 10_000

/** Of a split that nobody has told anything. */
export const noRules: Rules = { rules: [], share: 0 }

/** What is to be another. */
export interface RuleEdits {
  /** Everybody is sent there; what was said before is forgotten. */
  readonly all?: Variant
  readonly set?: readonly Rule[]
  readonly forget?: readonly RuleKey[]
  readonly share?: number
}

/** The rules after these edits. One that says of the same another thing replaces it in its place. */
export function edited(before: Rules, { all, set = [], forget = [], share }: RuleEdits): Rules {
  if (all !== undefined) return { rules: [], share: all === 'b' ? everybody : 0 }
  const kept = before.rules
    .filter((rule) => !forget.some((one) => isSame(one, rule)))
    .map((rule) => set.findLast((one) => isSame(one, rule)) ?? rule)
  const more = set.filter(
    (rule, index) =>
      !before.rules.some((one) => isSame(one, rule)) && set.findLastIndex((one) => isSame(one, rule)) === index,
  )
  return { rules: [...kept, ...more], share: share ?? before.share }
}

function isSame(one: RuleKey, other: RuleKey): boolean {
  return one.by === other.by && one.key === other.key
}

/** Do they send everybody to the same? In whatever order they stand: of one kind no two say the same. */
export function sameRules(one: Rules, other: Rules): boolean {
  const texts = ({ rules }: Rules) => rules.map(ruleText).toSorted().join('\n')
  return one.share === other.share && texts(one) === texts(other)
}

/** `header=beta → b`. */
export function ruleText({ by, key, to }: Rule): string {
  return `${by}=${key} → ${to}`
}

/** So many rules are told in a sentence. */
const most = 6

/** `header=beta → b, 10 % of the others → b`. */
export function rulesText({ rules, share }: Rules): string {
  const others = rules.length === 0 ? 'everybody' : 'the others'
  const rest =
    share === 0 ? `${others} → a` : share === everybody ? `${others} → b` : `${share / 100} % of ${others} → b`
  const some = rules.length > most ? rules.slice(0, most - 1) : rules
  const more = some.length < rules.length ? [`and ${rules.length - some.length} more`] : []
  return [...some.map(ruleText), ...more, rest].join(', ')
}

/** The pools that anybody at all is sent to. */
export function variantsServed({ rules, share }: Rules): Variant[] {
  const named = rules.map(({ to }) => to)
  return variants.filter((one) => named.includes(one) || (one === 'b' ? share > 0 : share < everybody))
}
