import { namesOf, type Candidate } from './candidates.ts'

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
