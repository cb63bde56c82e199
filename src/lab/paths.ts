import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where all labs of this machine live while they are up. */
export const labsDir = '/run/zdt/lab'

/** The checkout, or the installed package, that this lab belongs to. */
export const packageDir = fileURLToPath(new URL('../..', import.meta.url))

/** Where the pieces of one lab are. All of them hang on its name, so that `down` finds what a killed `up` left. */
export interface LabPaths {
  readonly name: string
  /** A tmpfs of the lab's own: with it goes everything that the hosts wrote. */
  readonly dir: string
  readonly lock: string
  /** Written last: a lab without it was never furnished to the end. */
  readonly record: string
  /** Written when all hosts have answered for the first time. */
  readonly answered: string
  readonly fleet: string
  readonly sshConfig: string
  readonly knownHosts: string
  readonly identity: string
  readonly bin: string
  readonly netns: string
  readonly netnsName: string
  readonly cgroupName: string
}

/** The paths of the lab called `name`. */
export function labPaths(name: string): LabPaths {
  const dir = join(labsDir, name)
  return {
    name,
    dir,
    lock: `${dir}.lock`,
    record: join(dir, 'lab.json'),
    answered: join(dir, 'answered'),
    fleet: join(dir, 'zdt.yaml'),
    sshConfig: join(dir, 'ssh_config'),
    knownHosts: join(dir, 'known_hosts'),
    identity: join(dir, 'id_ed25519'),
    bin: join(dir, 'bin'),
    netnsName: `zdt-${name}`,
    netns: `/run/netns/zdt-${name}`,
    cgroupName: `zdt-lab-${name}`,
  }
}

/** Where the pieces of one host are. */
export function hostPaths(lab: LabPaths, host: string) {
  const dir = join(lab.dir, 'hosts', host)
  return {
    dir,
    upper: join(dir, 'upper'),
    work: join(dir, 'work'),
    root: join(dir, 'root'),
    console: join(dir, 'console.log'),
    /** nspawn's name for it, and with it a directory of nspawn's: one per lab, or labs would share it. */
    machine: `zdt.${lab.name}.${host}`,
  }
}

/** Where roots are kept from one lab to the next. */
export function cacheDir(): string {
  return process.env['ZDT_LAB_CACHE'] ?? '/var/cache/zdt/lab'
}
