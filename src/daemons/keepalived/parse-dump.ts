/** A file that an instance adds to its priority; keepalived.conf(5), track_file. */
export type TrackFile = {
  readonly name: string
  readonly path: string
  /** What is written in it, as Keepalived read it last. */
  readonly status: number
  /** What one of it adds; 0: anything but 0 in the file is a fault. */
  readonly weight: number
}

/** One `vrrp_instance` as Keepalived itself tells of it. */
export type Instance = {
  readonly name: string
  /** `MASTER`, `BACKUP`, `FAULT`, `INIT`. */
  readonly state: string
  readonly version: 2 | 3
  readonly device: string
  readonly routerId: number
  readonly base: number
  /** With everything that is tracked, 1 to 254: this is what is advertised. */
  readonly effective: number
  /** The same before it is cut to 1 to 254. */
  readonly total: number
  readonly advertMs: number
  readonly downAdverts: number
  readonly preempt: boolean
  readonly preemptDelayMs: number
  readonly unicast: boolean
  /** It works with a MAC address of its own on an interface of its own. */
  readonly vmac: boolean
  /** Without their prefix lengths. */
  readonly addresses: readonly string[]
  /** The interface of each address. */
  readonly devices: Readonly<Record<string, string>>
  /** Its instances move together; keepalived.conf(5), vrrp_sync_group. */
  readonly syncGroup?: string
  /** Its own, and those of its group, where weights count (a member's own do not). */
  readonly trackFiles: readonly TrackFile[]
  /** Of a BACKUP: whose adverts it hears. */
  readonly master?: { readonly address: string; readonly priority: number }
}

/** The instances in Keepalived's dump (`keepalived.data`, 2.2 and 2.3). A field that a version has not is its default. */
export function parseDump(text: string): Instance[] {
  const files = trackFiles(text)
  const groups = syncGroups(text, files)
  return section(text, 'VRRP Topology')
    .split(/^(?= VRRP Instance = )/m)
    .filter((part) => part.startsWith(' VRRP Instance'))
    .map((part) => instance(part, files, groups))
}

/** The lines under `------< NAME >------`. */
function section(text: string, name: string): string {
  return text.split(/^------< /m).find((part) => part.startsWith(`${name} >`)) ?? ''
}

function field(part: string, name: string): string | undefined {
  return new RegExp(`^ +${name} = (.*)$`, 'm').exec(part)?.[1]
}

type Files = ReadonlyMap<string, Omit<TrackFile, 'weight' | 'name'>>

function instance(part: string, files: Files, groups: ReadonlyMap<string, readonly TrackFile[]>): Instance {
  const text = (name: string) => field(part, name) ?? ''
  const number = (name: string) => Number(/^-?[\d.]+/.exec(text(name))?.[0] ?? 0)
  const [, amount = '1', unit = 'sec'] = /^([\d.]+) (sec|milli-sec)/.exec(text('Advert interval')) ?? []
  const master = field(part, 'Master router')
  const group = field(part, 'Sync group')
  const device = text('Interface').replace(/,.*$/, '')
  const places = listed(part, /^ +Virtual IP.*:$/).map(
    (line) => [line.split(/[\s/]/)[0] ?? '', /\sdev (\S+)/.exec(line)?.[1] ?? device] as const,
  )
  return {
    name: text('VRRP Instance'),
    state: text('State'),
    version: number('VRRP Version') === 2 ? 2 : 3,
    device,
    routerId: number('Virtual Router ID'),
    base: number('Priority'),
    effective: number('Effective priority'),
    total: number('Total priority'),
    advertMs: Number(amount) * (unit === 'sec' ? 1000 : 1),
    downAdverts: number('Down timer adverts') || 3,
    preempt: text('Preempt') !== 'disabled',
    preemptDelayMs: number('Preempt delay') * 1000,
    unicast: /^ +Unicast Peer/m.test(part),
    vmac: /^ +Interface = .*, (vmac|ipvlan) on /m.test(part),
    addresses: places.map(([address]) => address),
    devices: Object.fromEntries(places),
    ...(group !== undefined && { syncGroup: group }),
    trackFiles: [...trackedIn(part, files), ...(groups.get(group ?? '') ?? [])],
    ...(master !== undefined && { master: { address: master, priority: number('Master priority') } }),
  }
}

/** The lines that are indented deeper than a heading, under each heading of that form. */
function listed(part: string, heading: RegExp): string[] {
  const found: string[] = []
  let deeper: number | undefined
  for (const line of part.split('\n')) {
    const indent = line.length - line.trimStart().length
    if (heading.test(line)) deeper = indent
    else if (deeper !== undefined && indent > deeper && line.trim() !== '') found.push(line.trim())
    else deeper = undefined
  }
  return found
}

function trackedIn(part: string, files: Files): TrackFile[] {
  return listed(part, /^ +Tracked files :$/).flatMap((line) => tracked(line, files))
}

function tracked(line: string, files: Files): TrackFile[] {
  const [, name = '', weight = '0', reverse] = /^(\S+), weight (-?\d+)( reverse)?/.exec(line) ?? []
  const file = files.get(name)
  return file ? [{ name, ...file, weight: Number(weight) * (reverse ? -1 : 1) }] : []
}

/** What each sync group tracks, for all of its instances. */
function syncGroups(text: string, files: Files): ReadonlyMap<string, readonly TrackFile[]> {
  const parts = section(text, 'VRRP Sync groups').split(/^(?= VRRP Sync Group = )/m)
  return new Map(
    parts.flatMap((part) => {
      const name = field(part, 'VRRP Sync Group')?.replace(/, [^,]*$/, '')
      return name === undefined ? [] : [[name, trackedIn(part, files)] as const]
    }),
  )
}

function trackFiles(text: string): Map<string, Omit<TrackFile, 'weight' | 'name'>> {
  const parts = section(text, 'VRRP Track files').split(/^(?= Track file = )/m)
  return new Map(
    parts.flatMap((part) => {
      const [name, path] = [field(part, 'Track file'), field(part, 'File')]
      return name === undefined || path === undefined ? [] : [[name, { path, status: Number(field(part, 'Status')) }]]
    }),
  )
}
