import { z } from 'zod'
import { parseBatches } from '../lib/batches.ts'
import { longestWait, parseDuration } from '../lib/durations.ts'
import { parseShares } from '../lib/shares.ts'
import type { Json } from '../lib/types.ts'
import { addressMistake, parseEndpoint, parseVip } from './address.ts'

function found(value: unknown): string {
  if (value === undefined) return 'is missing'
  if (value === null) return 'is empty'
  if (Array.isArray(value)) return 'is a list'
  if (typeof value === 'object') return 'is a map'
  if (typeof value === 'string') return `is ${shown(value)}`
  return typeof value === 'number' ? `is the number ${value}` : `is ${JSON.stringify(value)}`
}

function shown(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
}

/** The zod error map of one field: what is there, and what was expected instead. */
export function wrong(expected: string) {
  return { error: (issue: { readonly input?: unknown }) => `${found(issue.input)}, expected ${expected}` }
}

/** Text with one rule. `mistakeIn` says what is wrong in words that follow the quoted value, or undefined. */
function text(expected: string, mistakeIn: (value: string) => string | undefined) {
  return z.string(wrong(expected)).check((context) => {
    const mistake = mistakeIn(context.value)
    if (mistake === undefined) return
    const message = `${shown(context.value)} ${mistake}, expected ${expected}`
    context.issues.push({ code: 'custom', message, input: context.value })
  })
}

const matching = (pattern: RegExp, mistake: string) => (value: string) => (pattern.test(value) ? undefined : mistake)

const mistakeOf = (read: (value: string) => object) => (value: string) => {
  const result = read(value)
  return 'mistake' in result ? String(result.mistake) : undefined
}

/** Letters, digits and `. _ : -`, beginning with a letter or digit: names reach the HAProxy CLI, where `;` and spaces are commands, and paths, where `..` is one too. */
export const namePattern = /^[A-Za-z0-9][A-Za-z0-9._:-]*$/
export const nameRule = 'letters, digits and . _ : - with a letter or digit first'
export const name = text(nameRule, matching(namePattern, 'is no name'))

/** No control character, and no `;`: the HAProxy CLI would read a second command. */
const pathPattern = /^\/[^\p{Cc};]*$/u

const socketRule = 'an absolute path of at most 107 bytes without ; or line breaks'
export const socketPath = text(socketRule, (value) => {
  if (!pathPattern.test(value)) return 'is no absolute path'
  return Buffer.byteLength(value) > 107 ? 'is too long for a unix socket' : undefined
})

/** Written below a host's root, and by `--out` below a directory: so nothing in it may lead elsewhere. */
export const hostPathRule = 'the absolute path of a file on the host, without . and .. in it'
export const hostPath = text(hostPathRule, matching(/^(\/(?!\.{1,2}(\/|$))[^\p{Cc};/]+)+$/u, 'is no such path'))

export const homePath = text(
  'an absolute path or one that begins with ~/',
  matching(/^(~?\/)[^\p{Cc};]*$/u, 'is no such path'),
)

export const localPath = text(
  'the path of a file, from the directory of zdt.yaml',
  matching(/^[^\p{Cc}]+$/u, 'is no path'),
)

/** YAML reads 0640 without quotes as the decimal number 640. */
export const mode = text("octal permissions in quotes, such as '0640'", matching(/^0?[0-7]{3}$/, 'is no mode'))

export const envName = text('the name of an environment variable', matching(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is no name'))

export const word = text('text without control characters', matching(/^[^\p{Cc}]*$/u, 'has control characters'))

export const duration = (expected: string) =>
  text(expected, (value) => {
    const ms = parseDuration(value)
    if (!ms) return 'is no duration'
    return ms > longestWait ? 'is longer than 7d' : undefined
  })

export const batches = text('numbers and shares such as 1 or 1,30%,100%', (value) =>
  parseBatches(value) ? undefined : 'is no list of batches',
)

export const batchSize = text('a number or a share such as 1 or 10%', (value) =>
  parseBatches(value)?.length === 1 ? undefined : 'is no number or share',
)

export const shares = text('rising shares below 100%, such as 1%, 5%, 25%', (value) =>
  parseShares(value) ? undefined : 'is no list of rising shares',
)

export const percent = text('a share such as 1% or 0.5%', matching(/^\d{1,2}(\.\d{1,3})?%$|^100%$/, 'is no share'))

/** It goes into a request line. */
export const urlPath = text('a path such as /healthz', matching(/^\/[!-~]*$/, 'is no path'))

export const headerName = text('the name of a header', matching(/^[A-Za-z0-9-]+$/, 'is no name of a header'))

/** nginx knows a cookie by a variable's name. */
export const cookieName = text(
  'the name of a cookie: letters, digits and _',
  matching(/^[A-Za-z0-9_]+$/, 'is no such name'),
)

/** A leading dash would reach systemctl as an option. */
export const unit = text('the name of a systemd unit', matching(/^[A-Za-z0-9][A-Za-z0-9:_.\\@-]*$/, 'is no unit'))

/** A leading dash would reach ssh as an option. */
export const user = text('the name of a user', matching(/^[A-Za-z0-9_][^\s\p{Cc};:]*$/u, 'is no user name'))

export const address = text('an address, a name or an alias of ~/.ssh/config, without a port', addressMistake)

export const endpoint = text(
  'ADDRESS:PORT, such as 10.0.0.21:8080 or [2001:db8::21]:8080',
  mistakeOf((value) => parseEndpoint(value)),
)

export const vip = text(
  'ADDRESS/PREFIX, such as 10.0.0.100/24',
  mistakeOf((value) => parseVip(value)),
)

export const balancer = text(
  'haproxy/GROUP or nginx/GROUP',
  matching(/^(haproxy|nginx)\/[A-Za-z0-9][A-Za-z0-9._:-]*$/, 'names no balancer'),
)

/** The value is not shown when it carries a password. */
export const probeUrl = z.string(wrong('a URL')).check((context) => {
  const url = URL.canParse(context.value) ? new URL(context.value) : undefined
  const secret = url !== undefined && (url.username !== '' || url.password !== '')
  if (url !== undefined && !secret && /^https?:$/.test(url.protocol)) return
  const what = secret ? 'has a user or password in it' : `${shown(context.value)} is no such URL`
  context.issues.push({
    code: 'custom',
    message: `${what}, expected http://HOST/PATH or https://HOST/PATH`,
    input: context.value,
  })
})

/** A whole number within bounds, both included. */
export function whole(min: number, max: number, expected = `a whole number from ${min} to ${max}`) {
  return z.int(wrong(expected)).min(min, wrong(expected)).max(max, wrong(expected))
}

/** One of a few words. */
export function oneOf<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.enum(words, wrong(words.join(' or ')))
}

/** Whatever a template may be given: what JSON can say, so no .nan and no .inf. */
export const json: z.ZodType<Json> = z.lazy(() =>
  z.union(
    [z.string(), z.number(), z.boolean(), z.null(), z.array(json), z.record(z.string(), json)],
    wrong('text, a number, true, false, null, a list or a map'),
  ),
)
