import { hostname, userInfo } from 'node:os'

/** Who runs this, for journals and colleagues: `oncall@ops2`; the person behind sudo where there is one. */
export function operatorName(env: NodeJS.ProcessEnv = process.env): string {
  return `${env['SUDO_USER'] || env['USER'] || userInfo().username}@${hostname()}`
}
