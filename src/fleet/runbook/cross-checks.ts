import { list, map, type CrossMistake } from '../raw.ts'

const kinds = ['zdt', 'approve', 'include'] as const

/** What no field of a runbook tells by itself. */
export function runbookMistakes(data: unknown): CrossMistake[] {
  return list(map(data)['steps']).flatMap((raw, index): CrossMistake[] => {
    const step = map(raw)
    const path = ['steps', index]
    const there = kinds.filter((kind) => step[kind] !== undefined)
    if (there.length !== 1) {
      const message = `has ${there.length === 0 ? 'none' : there.join(' and ')}, expected one of ${kinds.join(', ')}`
      return [{ path, at: 'value', message }]
    }
    if (step['vars'] !== undefined && step['include'] === undefined) {
      return [{ path: [...path, 'vars'], at: 'key', message: 'is for include alone' }]
    }
    const hook = ['before', 'after'].find((one) => step[one] !== undefined)
    if (hook !== undefined && step['zdt'] === undefined) {
      return [{ path: [...path, hook], at: 'key', message: 'is for a step with zdt alone' }]
    }
    return []
  })
}
