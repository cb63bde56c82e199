import { nearest } from '../lib/nearest.ts'
import { canonicalAddress, parseEndpoint } from './address.ts'
import { namePattern, nameRule } from './fields.ts'
import { misplaced } from './places.ts'
import type { Path } from './positions.ts'
import { splitMistakes } from './splits.ts'
import { groupKinds, list, map, texts, type CrossMistake, type Raw } from './raw.ts'

const sections = ['hosts', ...groupKinds, 'pools', 'apps', 'secrets']

/** Checks across fields, on data that may be wrong in shape too: what cannot be read here, the schema has reported. */
export function crossMistakes(data: unknown): CrossMistake[] {
  const fleet = map(data)
  return [
    ...oddNames(fleet),
    ...sameAddresses(fleet),
    ...strangersInGroups(fleet),
    ...pools(fleet),
    ...misplaced(fleet),
    ...unknownSecrets(fleet),
    ...splitMistakes(fleet, (name, known) => notThere(name, 'pool', known)),
  ]
}

function oddNames(fleet: Raw): CrossMistake[] {
  const named = sections.flatMap((section) => Object.keys(map(fleet[section])).map((name): Path => [section, name]))
  const servers = Object.entries(map(fleet['pools'])).flatMap(([pool, spec]) =>
    Object.keys(map(map(spec)['servers'])).map((name): Path => ['pools', pool, 'servers', name]),
  )
  return [...named, ...servers]
    .filter((path) => !namePattern.test(String(path.at(-1))))
    .map((path) => ({ path, at: 'key', message: `is no name, expected ${nameRule}` }))
}

function sameAddresses(fleet: Raw): CrossMistake[] {
  const owners = new Map<string, string>()
  return Object.entries(map(fleet['hosts'])).flatMap(([host, spec]) => {
    const { address, other_addresses: others } = map(spec)
    const addresses: { path: Path; text: string }[] = [
      ...texts([address]).map((text) => ({ path: ['hosts', host, 'address'], text })),
      ...list(others).flatMap((text, index) =>
        typeof text === 'string' ? [{ path: ['hosts', host, 'other_addresses', index], text }] : [],
      ),
    ]
    return addresses.flatMap(({ path, text }): CrossMistake[] => {
      const owner = owners.get(canonicalAddress(text))
      owners.set(canonicalAddress(text), owner ?? host)
      if (owner === undefined) return []
      return [{ path, at: 'value', message: `${text} is the address of ${owner} already, expected one of its own` }]
    })
  })
}

function strangersInGroups(fleet: Raw): CrossMistake[] {
  const known = Object.keys(map(fleet['hosts']))
  return [...groupKinds, 'apps'].flatMap((kind) =>
    Object.entries(map(fleet[kind])).flatMap(([group, spec]) => {
      const hosts = list(map(spec)['hosts'])
      return hosts.flatMap((host, index): CrossMistake[] => {
        const path = [kind, group, 'hosts', index]
        if (typeof host !== 'string' || !namePattern.test(host)) return []
        if (!known.includes(host)) return [{ path, at: 'value', message: notThere(host, 'host', known) }]
        if (hosts.indexOf(host) === index) return []
        return [{ path, at: 'value', message: `${host} is in this list already, expected once` }]
      })
    }),
  )
}

function notThere(name: string, kind: string, known: readonly string[]): string {
  const near = nearest(name, known)
  const expected = near.length > 0 ? near.join(' or ') : known.length > 0 ? `one of ${known.join(', ')}` : 'it above'
  return `there is no ${kind} ${name}, expected ${expected}`
}

function pools(fleet: Raw): CrossMistake[] {
  const groups = ['haproxy', 'nginx'].flatMap((kind) => Object.keys(map(fleet[kind])).map((name) => `${kind}/${name}`))
  const backends = new Map<string, string>()
  return Object.entries(map(fleet['pools'])).flatMap(([pool, spec]) => {
    const { balancer, backend, servers, min_available: least = 1 } = map(spec)
    const mistakes: CrossMistake[] = sameEndpoints(pool, map(servers))
    if (typeof balancer === 'string' && /^(haproxy|nginx)\/./.test(balancer) && !groups.includes(balancer)) {
      mistakes.push({ path: ['pools', pool, 'balancer'], at: 'value', message: notThere(balancer, 'balancer', groups) })
    }
    const place = `${String(balancer)} ${typeof backend === 'string' ? backend : pool}`
    const other = backends.get(place)
    backends.set(place, other ?? pool)
    if (other !== undefined && typeof balancer === 'string') {
      const message = `has the backend of pools.${other} on ${balancer}, expected one pool for one backend`
      mistakes.push({ path: ['pools', pool], at: 'key', message })
    }
    const count = Object.keys(map(servers)).length
    if (typeof least === 'number' && count > 0 && least > count) {
      const message = `is ${least} with ${count} ${count === 1 ? 'server' : 'servers'}, expected at most ${count}`
      mistakes.push({ path: ['pools', pool, 'min_available'], at: 'value', message })
    }
    return mistakes
  })
}

function unknownSecrets(fleet: Raw): CrossMistake[] {
  const known = Object.keys(map(fleet['secrets']))
  return list(fleet['notify']).flatMap((one, index): CrossMistake[] => {
    const { secret } = map(one)
    if (typeof secret !== 'string' || known.includes(secret)) return []
    return [{ path: ['notify', index, 'secret'], at: 'value', message: notThere(secret, 'secret', known) }]
  })
}

function sameEndpoints(pool: string, servers: Raw): CrossMistake[] {
  const owners = new Map<string, string>()
  return Object.entries(servers).flatMap(([server, text]): CrossMistake[] => {
    const endpoint = typeof text === 'string' ? parseEndpoint(text) : { mistake: '' }
    if ('mistake' in endpoint) return []
    const place = `${canonicalAddress(endpoint.address)} ${endpoint.port}`
    const owner = owners.get(place)
    owners.set(place, owner ?? server)
    if (owner === undefined) return []
    const path = ['pools', pool, 'servers', server]
    return [{ path, at: 'value', message: `is where ${owner} listens already, expected a place of its own` }]
  })
}
