import { configuredServers, type Endpoint } from './configured.ts'
import { isBackend, parseConfig } from './sections.ts'

/** A server that a backend sends new clients to. Data: it goes into plans. */
export type SendsTo = {
  readonly server: string
  /** undefined: a name, a socket, a variable. */
  readonly endpoint?: Endpoint
  /** Under this name it was somewhere else before. */
  readonly moved?: true
}

/** Whom a haproxy.cfg sends to, backend by backend: neither `disabled` nor of weight 0. `before`: what it was until then. Pure. */
export function sendsTo(text: string, before = ''): ReadonlyMap<string, readonly SendsTo[]> {
  const was = configuredServers(before)
  const sections = parseConfig(text).filter(isBackend)
  const backends = new Map<string, SendsTo[]>(sections.map(({ name }) => [name, []]))
  for (const { backend, server, endpoint, where, disabled, weight } of configuredServers(text)) {
    const known = backends.get(backend)
    if (!known || disabled || weight === 0) continue
    const old = was.find((one) => one.backend === backend && one.server === server)
    const moved = old !== undefined && old.where !== where
    known.push({ server, ...(endpoint && { endpoint }), ...(moved && { moved }) })
  }
  return backends
}
