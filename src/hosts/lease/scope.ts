/** What a lease is on: a host, the members of a VIP, the capacity of a pool. It is also the name of its file. */
export type Scope = 'host' | `vip-${string}` | `pool-${string}`

/** Whether a text is a scope, and a file name that nothing can be smuggled through. */
export function isScope(text: string): text is Scope {
  return /^(host|(vip|pool)-[A-Za-z0-9._:-]{1,200})$/.test(text)
}

/** The scope of a VIP: its members are changed one at a time. Throws RangeError for a name that is no file name. */
export function vipScope(name: string): Scope {
  return checked(`vip-${name}`)
}

/** The scope of a pool's capacity. Throws RangeError for a name that is no file name. */
export function poolScope(name: string): Scope {
  return checked(`pool-${name}`)
}

/** The scope itself. Throws RangeError when it is none. */
export function checked(scope: string): Scope {
  if (!isScope(scope)) throw new RangeError(`not a scope: ${scope}`)
  return scope
}
