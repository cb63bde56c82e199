import { readFileSync } from 'node:fs'
import { parsePicture } from '../../../../src/daemons/nginx/parse-picture.ts'
import type { NginxPicture } from '../../../../src/daemons/nginx/picture.ts'

/** A recorded answer of the picture script (nginx 1.22.1 → 1.26.3, systemd 257), byte for byte. */
export function recorded(name: string): string {
  return readFileSync(new URL(`fixtures/${name}.txt`, import.meta.url), 'utf8')
}

/** A recorded picture, read. */
export function picture(name: string): NginxPicture {
  const read = parsePicture(recorded(name))
  if (read === undefined) throw new Error(`fixture ${name} cannot be read`)
  return read
}

/** Two masters that nothing tells apart: the recorded second one, on a host whose cgroups tell nothing. */
export function severalMasters(): NginxPicture {
  const read = parsePicture(recorded('several').replace('ControlGroup=/system.slice/nginx.service', 'ControlGroup='))
  if (read === undefined) throw new Error('fixture several cannot be read')
  return read
}
