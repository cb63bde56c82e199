import { Buffer } from 'node:buffer'
import type { NginxMaster } from '../../../../src/daemons/nginx/picture.ts'
import type { On } from '../../../../src/engine/step-kind.ts'
import type { Host } from '../../../../src/hosts/host.ts'
import type { HostName } from '../../../../src/lib/types.ts'
import type { OldNginx } from '../../../../src/steps/nginx/next-move.ts'
import { picture, recorded } from '../../daemons/nginx/fixture.ts'

const said = (text: string) => ({ code: 0, stdout: Buffer.from(text), stderr: Buffer.alloc(0) })

/** A host that shows one recorded picture of its nginx, an empty error log and the inode of what was kept, and can be asked nothing else. */
export function showing(
  name: string,
  later = (text: string) => text,
  { kept = '' }: { readonly kept?: string } = {},
): On {
  const host = {
    name: 'web1' as HostName,
    run: (argv: readonly string[]) => {
      if (argv[3] === 'zdt-nginx-log') return Promise.resolve(said('@zdt nginx-log 1\n@mark 1:2 0\n@lines\n@end\n'))
      if (argv[0] === 'stat') return Promise.resolve(said(`${kept}\n`))
      if (argv[3] !== 'zdt-nginx-picture') throw new Error(`not expected: ${argv.join(' ')}`)
      return Promise.resolve(said(later(recorded(name))))
    },
  } as unknown as Host
  const { signal } = new AbortController()
  return {
    host,
    run: '7K2Q9X',
    signal,
    other: () => Promise.resolve(host),
    text: () => Promise.reject(new Error('no text')),
  }
}

/** What is known of a recorded master as the one to come back to. */
export function knownAs(name: string, pid: number): OldNginx {
  const { startTicks, exeInode, version } = masterIn(name, pid)
  return { pid, startTicks, boot: '', inode: exeInode, version: version?.text ?? '', workers: 2 }
}

/** A recorded master's name for good. */
export function idIn(name: string, pid: number): { pid: number; startTicks: number } {
  return { pid, startTicks: masterIn(name, pid).startTicks }
}

function masterIn(name: string, pid: number): NginxMaster {
  const master = picture(name).masters.find((one) => one.pid === pid)
  if (!master) throw new Error(`${name} has no master ${pid}`)
  return master
}
