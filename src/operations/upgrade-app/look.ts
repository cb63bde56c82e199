import { appProcess, type AppProcess } from '../../daemons/app/process.ts'
import type { AppSpec } from '../../fleet/apps.ts'
import { poolsServing } from '../../fleet/selectors.ts'
import type { Host } from '../../hosts/host.ts'
import type { HostName, RunId } from '../../lib/types.ts'
import { refuseUnfitApp } from '../../steps/app/upgrade/fit.ts'
import { fileDigestOn } from '../../steps/file-digest.ts'
import { programFile, type CandidateFile } from '../candidate-file.ts'
import { lookAtSeats, stillOut, type SeenSeat } from '../look-at-seats.ts'
import type { World } from '../operation.ts'

/** The application of one host, as it was found, and what is to lie there. */
export interface Work {
  readonly id: RunId
  readonly name: HostName
  readonly app: AppSpec
  /** The new program; undefined where it lies there already. */
  readonly file: Omit<CandidateFile, 'version'> | undefined
  /** It runs already. */
  readonly isThere: boolean
  /** The file that is replaced: for the names of what is kept. */
  readonly target: string
  readonly main: AppProcess
  readonly seen: readonly SeenSeat[]
  readonly facts: readonly string[]
}

/** Looks at an application, and at its host's seats. Throws AppUnfit, `candidate-unfit`, and what fleet and hosts throw. */
export async function lookAtApp(
  { fleet, hosts, id }: World,
  name: HostName,
  app: AppSpec,
  binary: string | undefined,
): Promise<Work> {
  const host = await hosts.on(name)
  const [picture, seen] = await Promise.all([
    appProcess(host, app.unit, app.binary),
    lookAtSeats(hosts, poolsServing(fleet, name)),
  ])
  refuseUnfitApp(name, picture, { binary: app.binary, ...(binary === undefined && { lies: true }) })
  const { main, inode } = picture
  // refuseUnfitApp has refused it.
  if (main === null) throw new TypeError(`${app.unit} has no main process`)
  const file = binary === undefined ? undefined : await newFile(app, binary, host)
  const isThere = file ? (await fileDigestOn(host, app.binary)) === file.sha256 : main.exeInode === inode
  return {
    id,
    name,
    app,
    file,
    isThere,
    target: app.binary,
    main,
    seen,
    facts: [
      `${name} runs ${app.unit} from ${main.exe}: main process ${main.pid}`,
      ...(file ? [`${file.file} has sha256 ${file.sha256.slice(0, 12)}…`] : []),
      ...stillOut(seen),
      ...(seen.length === 0 ? [`no pool serves ${name}: how its clients fare is for ${app.name} itself`] : []),
    ],
  }
}

async function newFile(app: AppSpec, binary: string, host: Host) {
  const { file, sha256 } = await programFile(app.name, binary, host)
  return { file, sha256 }
}
