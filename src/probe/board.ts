const slots = { step: 0, sent: 1, answered: 2, lost: 3, retried: 4 } as const

/** What both threads see at once: the step that requests are sent in now, and how many there have been. */
export type Glance = {
  readonly sent: number
  readonly answered: number
  readonly lost: number
  readonly retried: number
}

/**
 * A few counters in memory that both threads share. A step that is marked here holds from the next request on, where
 * a message would arrive some requests later and leave them to the step before.
 */
export class Board {
  readonly memory: SharedArrayBuffer
  readonly #cells: Int32Array

  constructor(memory = new SharedArrayBuffer(Object.keys(slots).length * Int32Array.BYTES_PER_ELEMENT)) {
    this.memory = memory
    this.#cells = new Int32Array(memory)
  }

  get step(): number {
    return Atomics.load(this.#cells, slots.step)
  }

  set step(index: number) {
    Atomics.store(this.#cells, slots.step, index)
  }

  /** Counts one up, or down. */
  count(what: keyof Glance, by = 1): void {
    Atomics.add(this.#cells, slots[what], by)
  }

  glance(): Glance {
    const at = (what: keyof Glance) => Atomics.load(this.#cells, slots[what])
    return { sent: at('sent'), answered: at('answered'), lost: at('lost'), retried: at('retried') }
  }
}
