import type { Daemon } from '../../../lib/rendered.ts'
import { haproxyReloader } from './haproxy.ts'
import { keepalivedReloader } from './keepalived.ts'
import { nginxReloader } from './nginx.ts'
import type { Reloader } from './reloader.ts'

const reloaders = { haproxy: haproxyReloader, nginx: nginxReloader, keepalived: keepalivedReloader } as const

/** How a daemon takes a new configuration. What one of its looks returns is for the same one's judgement. */
export function reloaderOf({ daemon }: { readonly daemon: Daemon }): Reloader {
  return reloaders[daemon]
}
