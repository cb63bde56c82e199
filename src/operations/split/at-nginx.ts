import { parseSplitFile } from '../../daemons/nginx/split-file.ts'
import { readUpstreams } from '../../daemons/nginx/upstream/read.ts'
import { splitFile } from '../../fleet/configurations.ts'
import type { NginxSpec } from '../../fleet/fleet.ts'
import type { SplitSpec } from '../../fleet/splits.ts'
import { lookAtFiles } from '../../hosts/config/look.ts'
import type { Host } from '../../hosts/host.ts'
import { configInvalid } from '../upstreams/errors.ts'
import { noSplit, type SeenSplit } from './seen.ts'

/** A split as one nginx has it: by the file that it has read. Throws NoSplit where it reads none, and what hosts throw. */
export async function atNginx(host: Host, group: NginxSpec, split: SplitSpec): Promise<SeenSplit> {
  const { unit, config } = group
  const path = splitFile(group, split)
  const [read, live] = await Promise.all([
    readUpstreams(host, group, [path]),
    lookAtFiles(host, [{ unit, paths: [path] }]),
  ])
  if (read.files === undefined) throw configInvalid(host.name, group, read.said)
  const [text] = read.texts
  const file = live.get(unit)?.[0]
  if (!file || text === undefined) throw noSplit(host.name, 'nginx', group, split, `there is no ${path}`)
  if (!read.files.includes(path)) throw noSplit(host.name, 'nginx', group, split, `nginx does not read ${path}`)
  return {
    host: host.name,
    which: { daemon: 'nginx', unit, group: group.name, config },
    rules: parseSplitFile(split.name, text),
    odd: read.changed.map((one) =>
      one === path
        ? `nginx on ${host.name} has not read ${path} since it was changed: it still goes by what it said before`
        : `${one} on ${host.name} was changed after nginx had read it: a reload brings that live too`,
    ),
    // The whole of it is made anew whenever it is changed.
    stale: [],
    files: [{ file, text }],
  }
}
