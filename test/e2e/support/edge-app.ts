import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { labPaths } from '../../../src/lab/paths.ts'
import { fromOutside } from './from-outside.ts'
import type { Lab } from './lab.ts'

/**
 * An application that upgrades itself: a genuine HAProxy under another name, whose master executes
 * its program anew at USR2 and keeps its sockets. It answers whatever it is asked.
 */
const config = (port: number) => `global
  stats socket /run/edge.sock level admin
defaults
  mode http
  timeout connect 1s
  timeout client 30s
  timeout server 30s
frontend all
  bind 10.77.0.21:${port}
  http-request return status 200 content-type text/plain string "edge"
`

const unit = `[Unit]
Description=An application that upgrades itself
[Service]
Type=notify
ExecStart=/opt/edge/edge -Ws -f /opt/edge/edge.cfg -p /run/edge.pid
KillMode=mixed
SuccessExitStatus=143
Restart=no
`

/** Puts it on app1, of this version, in the place of the shop or beside it; returns the fleet file that knows it. */
export async function useEdgeApp(lab: Lab, version: string, where: 'instead' | 'beside' = 'instead'): Promise<string> {
  const [stopped, port] = where === 'instead' ? ['systemctl stop shop; ', 8080] : ['', 8081]
  const copied = await lab.inLab(['scp', '-q', await lab.binary(`haproxy-${version}`), 'app1:/tmp/edge'])
  if (copied.code !== 0) throw new Error(copied.stderr)
  await fromOutside(
    lab,
    'app1',
    `${stopped}mkdir -p /opt/edge; install -m 755 /tmp/edge /opt/edge/edge; rm /tmp/edge
printf '%s' '${config(port)}' > /opt/edge/edge.cfg
printf '%s' '${unit}' > /etc/systemd/system/edge.service
systemctl daemon-reload; systemctl start edge`,
  )
  const yaml = await readFile(labPaths(lab.name).fleet, 'utf8')
  const app = "apps:\n  edge: { hosts: [app1], unit: edge, binary: /opt/edge/edge, upgrade: [kill, -USR2, '{pid}'] }\n"
  const fleet = edgeFleet(lab)
  await mkdir(dirname(fleet), { recursive: true })
  await writeFile(fleet, yaml.replace('pools:\n', `${app}pools:\n`))
  return fleet
}

/** The fleet file that knows it. */
export function edgeFleet(lab: Lab): string {
  return join(tmpdir(), `zdt-edge-${lab.name}`, 'zdt.yaml')
}

/** What is true of it: what lies there and what runs, by digest; whose main process; all that could have been left. */
export async function edgeWorld(lab: Lab): Promise<readonly string[]> {
  const text = await fromOutside(
    lab,
    'app1',
    `main=$(systemctl show -p MainPID --value edge)
sha256sum < /opt/edge/edge; sha256sum < /proc/$main/exe
systemctl is-active edge; ls /opt/edge`,
  )
  return text.trim().split('\n')
}
