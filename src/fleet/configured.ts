import { z } from 'zod'
import * as field from './fields.ts'

/** Says of a map that exactly one of a few names is wanted in it. */
export function oneOfThem(names: readonly string[]) {
  return (context: z.core.ParsePayload<object>) => {
    const given = names.filter((name) => name in context.value)
    if (given.length === 1) return
    const what = given.length === 0 ? `has none of ${names.join(', ')}` : `has ${given.join(' and ')}`
    context.issues.push({ code: 'custom', message: `${what}, expected one of them`, input: context.value })
  }
}

/** Variables for templates. */
export const vars = (whose: string) =>
  z
    .record(z.string(), field.json, field.wrong('a map of variables'))
    .default({})
    .describe(`Variables for the templates, ${whose}.`)

const file = z
  .strictObject(
    {
      source: field.localPath
        .optional()
        .describe('The file that it is a copy of, UTF-8 text, from the directory of zdt.yaml.'),
      template: field.localPath.optional().describe('Or the Handlebars template that it is rendered from.'),
      mode: field.mode
        .optional()
        .describe(
          'Its permissions where it is not there yet, octal, in quotes. Default: `0600` with a secret in it, else `0644`.',
        ),
      secret: z
        .boolean(field.wrong('true or false'))
        .default(false)
        .describe('Nothing of what it says is ever shown: for keys, and certificates with keys.'),
    },
    field.wrong('a map with source or template'),
  )
  .check(oneOfThem(['source', 'template']))

/** Where the main file of a daemon's configuration is when nothing else is said. */
export const usualPlaces = {
  haproxy: '/etc/haproxy/haproxy.cfg',
  nginx: '/etc/nginx/nginx.conf',
  keepalived: '/etc/keepalived/keepalived.conf',
} as const

/** What every group may say of its daemon's configuration. */
export function configured(daemon: keyof typeof usualPlaces) {
  const usualPlace = usualPlaces[daemon]
  return {
    config: field.hostPath.default(usualPlace).describe(`Its main file on the hosts. Default: \`${usualPlace}\`.`),
    template: field.localPath
      .optional()
      .describe('The Handlebars template of it, from the directory of zdt.yaml. Default: zdt’s own.'),
    vars: vars('as `vars`'),
    files: z
      .record(
        z.string(),
        file,
        field.wrong('a map of files, such as { /etc/haproxy/errors/503.http: { source: 503.http } }'),
      )
      .default({})
      .describe('More files that belong to it, by their paths on the hosts.'),
  }
}

const timeRule = 'a duration such as 10s or 1m'

/** Where `{{secret "NAME"}}` comes from. */
export const secret = z
  .strictObject(
    {
      env: field.envName.optional().describe('The environment variable of zdt that holds it.'),
      file: field.localPath.optional().describe('Or the file, from the directory of zdt.yaml.'),
      command: z
        .array(field.word, field.wrong('a list of words, such as [pass, show, edge/stats]'))
        .min(1, { error: 'is empty, expected a command' })
        .optional()
        .describe('Or the command that prints it, run here, in the directory of zdt.yaml, and by no shell.'),
      timeout: field.duration(timeRule).optional().describe('How long the command may take. Default: 10s.'),
    },
    field.wrong('a map with env, file or command'),
  )
  .check(oneOfThem(['env', 'file', 'command']))
