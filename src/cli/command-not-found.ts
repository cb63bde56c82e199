import type { Hook } from '@oclif/core'
import { nearest } from '../lib/nearest.ts'
import { showError } from './show-error.ts'
import { WrongUsage } from './wrong-usage.ts'

/** A word that is no command: which one may have been meant, with what was typed behind it. */
const commandNotFound: Hook.CommandNotFound = ({ id, argv = [], config }) => {
  const [first = '', ...rest] = [...id.split(':'), ...argv]
  const commands = config.commands.filter(({ hidden }) => !hidden).map((command) => command.id)
  const isTopic = commands.some((one) => one.startsWith(`${first}:`))
  const [typed, behind] = isTopic ? [`${first} ${rest[0] ?? ''}`.trim(), rest.slice(1)] : [first, rest]
  const known = commands.filter((one) => one.startsWith(isTopic ? `${first}:` : '') && one.includes(':') === isTopic)
  const words = known.map((one) => one.split(':').at(-1) ?? one)
  const meant = nearest(typed.split(' ').at(-1) ?? '', words).map((word) => (isTopic ? `${first} ${word}` : word))
  const help = isTopic ? `zdt ${first} --help` : 'zdt --help'
  showError(
    new WrongUsage(`zdt has no command ${typed}`, [
      ...meant.slice(0, 1).map((one) => `did you mean: ${['zdt', one, ...behind].join(' ')}`),
      help,
    ]),
    process.argv,
  )
  return Promise.resolve()
}

// oclif calls a hook by its default export.
// oxlint-disable-next-line import/no-default-export
export default commandNotFound
