import { ruleKinds, type RuleKey } from '../lib/split-rules.ts'
import { canonicalAddress, isAddress, parseVip, type Mistake } from './address.ts'

/** What HAProxy's maps and nginx's take as it is, and as the same, whoever writes it. */
const keyPattern = /^[a-z0-9_][a-z0-9_.@:+/=-]{0,199}$/

/** Reads `header=beta`: case makes no difference, and networks lose what is behind their prefix. */
export function parseRuleKey(text: string): RuleKey | Mistake {
  const [, kind = '', value = ''] = /^([^=]*)=(.*)$/.exec(text) ?? []
  const by = ruleKinds.find((one) => one === kind)
  if (by === undefined) return { mistake: `is no ${ruleKinds.map((one) => `${one}=…`).join(', ')}` }
  if (by === 'source') {
    const network = parseNetwork(value)
    return 'mistake' in network ? network : { by, key: network.text }
  }
  const key = value.toLowerCase()
  if (keyPattern.test(key)) return { by, key }
  if (key === '') return { mistake: 'has no value' }
  return {
    mistake: 'has a value with other characters than letters, digits and _ . @ : + / = -, or with more than 200',
  }
}

/** A network in the one spelling that equal ones share: `10.1.0.0/16`, and an address alone with its whole length. */
function parseNetwork(value: string): { readonly text: string } | Mistake {
  const read = parseVip(isAddress(value) ? `${value}/${value.includes(':') ? 128 : 32}` : value)
  if ('mistake' in read) return { mistake: `names ${value || 'no network'}, which ${read.mistake}` }
  const { address, prefix } = read
  const parts = address.includes(':') ? groupsOf(address) : address.split('.').map(Number)
  const bits = address.includes(':') ? 16 : 8
  const masked = parts.map((part, index) => {
    const kept = Math.min(bits, Math.max(0, prefix - index * bits))
    return (part >> (bits - kept)) << (bits - kept)
  })
  const text = address.includes(':')
    ? canonicalAddress(masked.map((part) => part.toString(16)).join(':'))
    : masked.join('.')
  return { text: `${text}/${prefix}` }
}

/** The eight numbers of an IPv6 address. */
function groupsOf(address: string): number[] {
  const [left = '', right] = canonicalAddress(address).split('::')
  const [before, after] = [left, right ?? ''].map((side) => side.split(':').filter(Boolean))
  const missing = 8 - (before?.length ?? 0) - (after?.length ?? 0)
  const zeros = right === undefined ? [] : Array.from({ length: missing }, () => '0')
  return [...(before ?? []), ...zeros, ...(after ?? [])].map((group) => Number.parseInt(group, 16))
}
