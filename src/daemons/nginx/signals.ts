import { signalProcess, type ProcessId } from '../signal-process.ts'

/** What nginx makes of a signal (nginx.org/en/docs/control.html). To a worker only QUIT and TERM mean anything. */
export type NginxSignal =
  /** Start the program at argv[0] beside this one. Ignored while another such upgrade is under way. */
  | 'USR2'
  /** Take no new connections any more, keep the sockets. */
  | 'WINCH'
  /** Read the configuration again; after WINCH: start the workers again. Never in phase 1: it doubles the workers. */
  | 'HUP'
  /** End when the last connection has ended. */
  | 'QUIT'
  /** End at once, cutting connections. */
  | 'TERM'

/**
 * Sends a signal to a master or a worker (as root), but only if it is still the very process that was observed: same pid,
 * same start time, still nginx. Exits 3 (`notTheSame`) and says why when it is not; 0 says that it was sent, no more.
 */
export function signalNginx(signal: NginxSignal, to: ProcessId, role: 'master' | 'worker' = 'master'): string[] {
  return signalProcess(signal, to, `nginx: ${role} process`)
}

/** The same as an operator would type it: for descriptions and "left to do by hand". */
export function signalByHand(signal: NginxSignal, pid: number | string): string {
  return `kill -${signal} ${pid}`
}
