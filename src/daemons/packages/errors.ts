import { ZdtError } from '../../lib/errors.ts'

/** A host's packages are not in a state to be changed, or the package manager says no. */
export class PackagesUnfit extends ZdtError {
  constructor(host: string, message: string, said = '', suggestions: readonly string[] = []) {
    super(message, { code: 'packages-unfit', exit: 'refused', host, ...(said && { said }), suggestions })
  }
}
