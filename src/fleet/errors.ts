import { ZdtError } from '../lib/errors.ts'
import { nearest } from '../lib/nearest.ts'

/** One mistake in zdt.yaml. Lines and columns count from 1; the path of the whole file is empty. */
export interface Problem {
  readonly line: number
  readonly column: number
  readonly path: string
  /** What is wrong, and what was expected. */
  readonly message: string
}

/** zdt.yaml has mistakes. The message has one a line: `zdt.yaml:LINE:COL path: what is wrong, what was expected`. */
export class FleetInvalid extends ZdtError {
  readonly problems: readonly Problem[]

  constructor(file: string, problems: readonly Problem[]) {
    const lines = problems.map(({ line, column, path, message }) =>
      path === '' ? `${file}:${line}:${column}: ${message}` : `${file}:${line}:${column} ${path}: ${message}`,
    )
    super(lines.join('\n'), { code: 'fleet-invalid', exit: 'usage' })
    this.problems = problems
  }
}

/** There is no zdt.yaml, or it cannot be read. */
export class FleetNotFound extends ZdtError {
  constructor(message: string, details: { said?: string; suggestions?: readonly string[]; cause?: unknown } = {}) {
    super(message, { code: 'fleet-not-found', exit: 'usage', ...details })
  }
}

const few = 12

/** A name that zdt.yaml does not have. Suggests the nearest names, and lists all of them when they are few. */
export class UnknownName extends ZdtError {
  constructor(
    kind: 'server' | 'host' | 'pool' | 'host, pool or server' | 'host or service' | 'VIP' | 'application' | 'split',
    name: string,
    known: readonly string[],
    where = 'zdt.yaml',
  ) {
    const names = [...new Set(known)].toSorted()
    const near = nearest(name, names)
    const all = names.length > 0 && names.length <= few ? [`${where} has ${names.join(', ')}`] : []
    super(`no ${kind} ${JSON.stringify(name)} in ${where}`, {
      code: 'unknown-name',
      exit: 'usage',
      suggestions: [...(near.length > 0 ? [`did you mean ${near.join(' or ')}?`] : []), ...all],
    })
  }
}

/** A host where a server of a pool is wanted: taking a load balancer out is something else than draining a server. */
export class HostIsNoServer extends ZdtError {
  constructor(name: string, what: string | undefined, servers: readonly string[]) {
    super(`${name} is ${what ?? 'a host'}, not a server of a pool`, {
      code: 'not-a-server',
      exit: 'usage',
      suggestions: servers.length > 0 ? [`the servers are ${[...new Set(servers)].toSorted().join(', ')}`] : [],
    })
  }
}

/** A pool where one of its servers is wanted. */
export class PoolIsNoServer extends ZdtError {
  constructor(pool: string, servers: readonly string[]) {
    super(`${pool} is a pool, and this takes one of its servers`, {
      code: 'not-a-server',
      exit: 'usage',
      suggestions: servers.length > 0 ? [`its servers are ${servers.join(', ')}`] : [],
    })
  }
}

/** One name for different machines: the operator has to say which. */
export class AmbiguousServer extends ZdtError {
  constructor(server: string, candidates: readonly { readonly selector: string; readonly address: string }[]) {
    super(`${server} is a different machine in each of ${candidates.length} pools`, {
      code: 'ambiguous-server',
      exit: 'usage',
      suggestions: candidates.map(({ selector, address }) => `say ${selector} for the one at ${address}`),
    })
  }
}

/** A host that an nginx upstream sends to is taken out there by hand: this operation does not do that yet. */
export class NginxBalancerUnsupported extends ZdtError {
  constructor(host: string, places: readonly string[]) {
    super(`${host} is ${places.join(', ')}, which nginx balances: this takes hosts out of HAProxy alone`, {
      code: 'nginx-balancer-unsupported',
      exit: 'usage',
      suggestions: places.map((place) => `zdt drain ${place}   # first, and --in-place then where there is one`),
    })
  }
}
