import type { Fault } from './faults.ts'
import type { Moment } from './moments.ts'
import type { Way } from './one-case.ts'

/** How much is tried: everything (`npm run test:chaos`), or a little of everything, with every other test. */
export interface Form {
  readonly labs: readonly string[]
  /** How long a dropped network stays so, in seconds. */
  readonly seconds: number
  readonly timeout: number
  /** Whether a fault is tried at all on the operation in that row. */
  tries(fault: Fault, row: number): boolean
  /** The moments at which a fault strikes, each with the ways on from there. */
  chosen(moments: readonly Moment[], fault: Fault, row: number): { readonly moment: Moment; readonly way: Way }[]
}

const hour = 3_600_000
const both = ['resume', 'rollback'] as const
/** After a second zdt was refused there is nothing to resume. */
const waysOn = { kill: both, cut: both, network: both, second: ['rollback'] } as const

/** How many labs side by side: a lost network is mostly waiting, of which a machine can do much at once. */
const labs = Number(process.env['ZDT_CHAOS_LABS'] ?? 2)

/** `2/3`: the second third of all that there is to try, for whoever has several machines, or less time. */
const [part = 1, parts = 1] = (process.env['ZDT_CHAOS_PART'] ?? '1/1').split('/').map(Number)

/** Every boundary and every middle by SIGKILL and by a second zdt; a cut at every boundary and one middle; a lost network in the middle of each step. */
const full: Form = {
  labs: Array.from({ length: labs }, (_, index) => `chaos${index + 1}`),
  seconds: 60,
  timeout: 6 * hour,
  tries: () => true,
  chosen: (moments, fault) =>
    moments
      .filter((moment) => isFor(fault, moment))
      .flatMap((moment, place) => waysOn[fault].map((way, turn) => ({ moment, way, turn: place + turn })))
      .filter(({ turn }) => turn % parts === part - 1),
}

/** One moment a fault, each in another part of the run, and the ways in turn: each operation killed, a second zdt on the first. */
const short: Form = {
  labs: ['chaos1'],
  seconds: 60,
  // All rows begin at once, and wait for a lab that is free.
  timeout: hour / 4,
  tries: (fault, row) => fault === 'kill' || (row === 0 && fault === 'second'),
  chosen: (moments, fault, row) => {
    const fitting = moments.filter((moment) => isFor(fault, moment))
    const place = { kill: 0.55, cut: 0.8, network: 0.3, second: 0.45 }[fault] + row * 0.07
    const moment = fitting[Math.floor((place % 1) * fitting.length)]
    const ways = waysOn[fault]
    const way = ways[(row + 1) % ways.length]
    if (!moment || !way) throw new Error(`there is no moment for ${fault}`)
    return [{ moment, way }]
  },
}

function isFor(fault: Fault, { event, after }: Moment): boolean {
  if (fault === 'kill' || fault === 'second') return true
  if (fault === 'cut') return after === 0 || (after === 50 && event === 'applying')
  return after === 50
}

export const isFull = process.env['ZDT_CHAOS'] === 'full'
export const form: Form = isFull ? full : short
