import type { Event } from '../engine/events.ts'

/** Something that shows a run while it goes on. It never throws: a view that fails must not end a run. */
export interface View {
  event(event: Event): void
  /** A word of zdt's own beside the events, such as `pausing after this step`. */
  note(text: string): void
  /** Await it before a prompt and at the end: nothing of ours moves on the screen any more. */
  settled(): Promise<void>
}
