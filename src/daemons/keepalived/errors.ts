import { ZdtError } from '../../lib/errors.ts'

/** The host's addresses could not be listed, so that nobody knows whether it holds the VIP. */
export class AddressesUnknown extends ZdtError {
  constructor(happened: { readonly host: string; readonly said?: string; readonly cause?: unknown }) {
    super(`${happened.host}: its addresses cannot be listed`, {
      code: 'addresses-unknown',
      exit: 'refused',
      suggestions: ['zdt needs `ip -j` there: iproute2 4.13 or later'],
      ...happened,
    })
  }
}
