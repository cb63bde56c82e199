import { useLane, type Lane } from './lane.ts'

/** Labs side by side: each case gets one that is free. */
export interface Lanes {
  use<T>(work: (lane: Lane) => Promise<T>): Promise<T>
}

export function useLanes(names: readonly string[]): Lanes {
  const free = names.map((name) => useLane(name))
  const waiting: ((lane: () => Lane) => void)[] = []
  return {
    use: async (work) => {
      const lane = free.pop() ?? (await new Promise<() => Lane>((resolve) => waiting.push(resolve)))
      try {
        return await work(lane())
      } finally {
        const next = waiting.shift()
        if (next) next(lane)
        else free.push(lane)
      }
    },
  }
}
