/** Puts a text in a colour, or leaves it alone. */
export type Colour = (text: string) => string

/** Colours, or none at all; and whether the reader's locale knows our marks. */
export interface Paint {
  readonly green: Colour
  readonly red: Colour
  readonly yellow: Colour
  readonly dim: Colour
  readonly bold: Colour
  /** False where the locale is not UTF-8: marks are then told in ASCII. */
  readonly unicode: boolean
}

type Env = Readonly<Record<string, string | undefined>>

/** The paint for what is written to `stream`. FORCE_COLOR wins over NO_COLOR, as in Node; else colour is for terminals. */
export function paintFor(stream: { readonly isTTY?: boolean }, env: Env = process.env): Paint {
  return makePaint(wantsColour(stream, env), speaksUtf8(env))
}

/** A paint with colour or without. */
export function makePaint(colour: boolean, unicode = true): Paint {
  const style = (open: number, close: number) => (text: string) =>
    colour && text !== '' ? `\u001b[${open}m${text}\u001b[${close}m` : text
  return {
    green: style(32, 39),
    red: style(31, 39),
    yellow: style(33, 39),
    dim: style(2, 22),
    bold: style(1, 22),
    unicode,
  }
}

function wantsColour(stream: { readonly isTTY?: boolean }, env: Env): boolean {
  const forced = env['FORCE_COLOR']
  if (forced !== undefined) return forced !== '0' && forced !== 'false'
  if (env['NO_COLOR']) return false
  return stream.isTTY === true && env['TERM'] !== 'dumb'
}

function speaksUtf8(env: Env): boolean {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || ''
  return /utf-?8/i.test(locale)
}
