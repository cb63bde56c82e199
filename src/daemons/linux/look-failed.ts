import type { Host, RunOptions } from '../../hosts/host.ts'
import { ZdtError } from '../../lib/errors.ts'
import { quote } from '../../lib/quote.ts'

/**
 * What a program that only looks says, `ss` or `ip`. Throws LookFailed where it does not end well: that nothing was said is
 * not that nobody is there.
 */
export async function saidBy(host: Host, argv: readonly string[], options: RunOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await host.run(argv, options)
  if (code !== 0) throw new LookFailed(host.name, argv, stderr.toString().trim())
  return stdout.toString()
}

/** A host could not be looked at. */
export class LookFailed extends ZdtError {
  constructor(host: string, argv: readonly string[], said: string) {
    super(`${host} does not tell: ${quote(argv)}`, {
      code: 'look-failed',
      exit: 'refused',
      host,
      ...(said !== '' && { said }),
      suggestions: ['zdt needs iproute2 there: ip and ss'],
    })
  }
}
