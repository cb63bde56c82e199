import { namesOf, upstreamsOf, type Candidate } from './candidates.ts'
import { tellsAnswers } from '../upstreams/look.ts'

/** `1.0.0 runs on app1, app2`, and who is ill. */
export function versions(all: readonly Candidate[]): string[] {
  const said = [...new Set(all.map(({ state }) => state.version))]
  return [
    ...said.map((version) => {
      const names = namesOf(all.filter(({ state }) => state.version === version))
      return version === null
        ? `${names}: no version can be told, so there is none to go back to`
        : `${version} runs on ${names}`
    }),
    ...all.flatMap(({ server, state }) => (state.ill === null ? [] : [`⚠ ${server.name} is not well: ${state.ill}`])),
  ]
}

/** Where nginx does not say how its servers answer. */
export function unlogged(all: readonly Candidate[]): string[] {
  const upstreams = upstreamsOf(all)
  const silent = upstreams.filter((one) => !tellsAnswers(one))
  const pools = [...new Set(silent.map(({ pool }) => pool.name))]
  return pools.map((pool) => {
    const hosts = silent.filter((one) => one.pool.name === pool).map(({ host }) => host)
    const others = upstreams.filter((one) => one.pool.name === pool && tellsAnswers(one)).map(({ host }) => host)
    const by = `their own health, their version, the gates and the probe`
    return `⚠ nginx on ${hosts.join(', ')} logs no answers of ${pool}: ${
      others.length > 0
        ? `its servers are judged by the log of ${others.join(', ')}, ${by}`
        : `its servers are judged by ${by} alone`
    }`
  })
}
