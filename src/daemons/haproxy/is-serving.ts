import type { ServerView } from './server-view.ts'

const out: ReadonlySet<string> = new Set(['maint', 'inherited maint', 'resolution maint', 'drain', 'inherited drain'])

/**
 * Does the balancer send new clients to this server now? Up, not out by anyone's hand, and with a weight: HAProxy
 * shows a server of weight 0 as UP (TRAPS). A server without a check serves; nobody knows whether well: see `isChecked`.
 * A backup server serves too, but only once its primaries are gone: see `backup`.
 */
export function isServing(view: ServerView): boolean {
  return view.op === 'running' && view.weight > 0 && !view.adminFlags.some((flag) => out.has(flag))
}

/** Is there a check, its own or that of the server it tracks, which would notice that it is dead? */
export function isChecked(view: ServerView): boolean {
  return view.check !== null || view.tracks !== undefined
}
