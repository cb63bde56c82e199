import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sha256 } from '../../lib/digest.ts'
import { templatePath } from '../../render/render.ts'
import { cacheDir } from '../paths.ts'
import type { Suite } from '../shape.ts'
import { keptDaemons } from './binaries.ts'

/** What a base root is made of. Change anything here, and it is built anew. */
export interface Recipe {
  readonly suite: Suite
  readonly packages: readonly string[]
  /** Run in the root when its packages are in. */
  readonly setup: string
  /** Genuine daemons of these suites are kept beside the root, to be upgraded from and to. */
  readonly binariesOf: readonly Suite[]
  readonly binaries: readonly string[]
}

const system = ['systemd', 'systemd-sysv', 'dbus', 'openssh-server', 'sudo']
const daemons = ['haproxy', 'nginx', 'keepalived']
const tools = ['iproute2', 'nftables', 'procps', 'socat', 'attr', 'iputils-ping', 'python3-minimal']
/** For the application's Node, and for bookworm's haproxy on a trixie host. */
const libraries = ['libstdc++6', 'libatomic1', 'liblua5.3-0']
/** The recipe of a suite's root. */
export function recipeOf(suite: Suite): Recipe {
  const setup = readFileSync(templatePath('lab/base/setup.sh'), 'utf8')
  const packages = [...system, ...daemons, ...tools, ...libraries]
  return { suite, packages, setup, binariesOf: ['bookworm', 'trixie'], binaries: keptDaemons }
}

/** Where the finished base of a recipe is: `root/` and `binaries/`. */
export function basePath(recipe: Recipe): string {
  return join(cacheDir(), `${recipe.suite}-${sha256(JSON.stringify(recipe)).slice(0, 12)}`)
}
