import { readFile } from 'node:fs/promises'
import { sha256 } from '../../../src/lib/digest.ts'
import { edgeFleet, useEdgeApp } from '../support/edge-app.ts'
import { fromOutside } from '../support/from-outside.ts'
import type { Lab } from '../support/lab.ts'
import { packaged, packagesOn, usePackages } from '../support/package-repository.ts'
import type { Operation } from './operations.ts'
import { replaced, type World } from './world.ts'

/** nginx of another version, from a file. */
export const upgradeNginx: Operation = {
  name: 'upgrade-nginx',
  argv: async (lab) => {
    const binary = await lab.binary('nginx-1.26.3')
    return ['upgrade-nginx', '--host', 'web1', '--binary', binary, '--hold', '200ms', '--timeout', '30s']
  },
  path: '/',
  after: async (before, lab) => {
    const digest = await digestOf(lab, 'nginx-1.26.3')
    const upgraded = replaced(before, /^(web1 nginx .*)[0-9a-f]{64}/, `$1${digest}`)
    return [...upgraded, 'web1 file /usr/sbin/nginx.zdt-RUN'].toSorted()
  },
  host: 'web1',
}

/** An application that upgrades itself, beside the shop on app1: the host is drained, the program executed anew. */
const upgradeApp: Operation = {
  name: 'upgrade-app',
  argv: async (lab) => {
    const binary = await lab.binary('haproxy-3.0.11')
    const words = ['upgrade', 'edge', '--fleet', edgeFleet(lab), '--binary', binary]
    return [...words, '--hold', '200ms', '--timeout', '30s']
  },
  path: '/shop/',
  setUp: async (lab) => {
    const digest = await digestOf(lab, 'haproxy-2.6.12')
    const there = await fromOutside(lab, 'app1', 'sha256sum /opt/edge/edge 2>/dev/null; ls /opt/edge 2>/dev/null; true')
    if (there !== `${digest}  /opt/edge/edge\nedge\nedge.cfg\n`) await useEdgeApp(lab, '2.6.12', 'beside')
  },
  before: async (own, lab) => {
    const digest = await digestOf(lab, 'haproxy-2.6.12')
    const masterAndWorker = Array<string>(2).fill('app1 process edge in edge.service')
    return [...own, `app1 edge edge ${digest}`, `app1 edge exe ${digest}`, ...masterAndWorker].toSorted()
  },
  after: async (before, lab) => {
    const digest = await digestOf(lab, 'haproxy-3.0.11')
    const upgraded = replaced(before, /^(app1 edge \S+ )[0-9a-f]{64}/, `$1${digest}`)
    return [...upgraded, 'app1 file /opt/edge/edge.zdt-RUN'].toSorted()
  },
  host: 'app1',
  deep: true,
}

/** The same of HAProxy; by packages; and what an update has left running. */
export const upgrades: readonly Operation[] = [
  {
    name: 'upgrade-haproxy',
    argv: async (lab) => {
      const binary = await lab.binary('haproxy-2.6.12')
      return ['upgrade-haproxy', '--host', 'lb1', '--in-place', '--binary', binary, '--hold', '200ms']
    },
    path: '/shop/',
    after: async (before, lab) => {
      const digest = await digestOf(lab, 'haproxy-2.6.12')
      const upgraded = replaced(before, /^(lb1 binary )[0-9a-f]{64}/, `$1${digest}`)
      return [...upgraded, 'lb1 file /usr/sbin/haproxy.zdt-RUN'].toSorted()
    },
    host: 'lb1',
    deep: true,
  },
  {
    name: 'keepalived upgrade',
    argv: async (lab) => {
      const binary = await lab.binary('keepalived-2.2.7')
      return ['keepalived', 'upgrade', '--host', 'lb2', '--binary', binary]
    },
    path: '/shop/',
    after: async (before, lab) => {
      const digest = await digestOf(lab, 'keepalived-2.2.7')
      const upgraded = replaced(before, /^(lb2 keepalived \S+ )[0-9a-f]{64}/, `$1${digest}`)
      return [...upgraded, 'lb2 file /usr/sbin/keepalived.zdt-RUN'].toSorted()
    },
    host: 'lb2',
    deep: true,
  },
  packages('nginx', 'web1', '/', ['1.22.1-9', '1.26.3-3']),
  packages('haproxy', 'lb1', '/shop/', ['3.0.11-9', '2.6.12-9']),
  refreshed('nginx', 'web1', '/'),
  refreshed('haproxy', 'lb2', '/shop/'),
  upgradeApp,
]

/** Upgraded from the first of these packages to the second. */
function packages(
  daemon: keyof typeof packaged,
  host: string,
  path: string,
  [old, fresh]: readonly [string, string],
): Operation {
  const upstream = (version: string) => `${daemon}-${version.replace(/-.*/, '')}`
  const hold = daemon === 'haproxy' ? ['--in-place', '--hold', '200ms'] : ['--timeout', '30s', '--hold', '200ms']
  const names = (version: string) => packaged[daemon].map((name) => `${name}=${version}`).join(' ')
  const installed = (world: World, version: string) =>
    replaced(
      world,
      new RegExp(`^(${host} package ii +(?:${packaged[daemon].join('|')})) .*`),
      `$1 ${version}`,
    ).toSorted()
  return {
    name: `package-${daemon}`,
    argv: () => Promise.resolve([`upgrade-${daemon}`, '--host', host, '--package', fresh, ...hold]),
    path,
    setUp: async (lab) => {
      const [first = ''] = await packagesOn(lab, host, daemon)
      if (first === `ii ${daemon} ${old}`) return
      if ((await fromOutside(lab, host, 'ls -d /srv/repo 2>/dev/null; true')) === '') {
        const versions = await Promise.all(
          [old, fresh].map(async (version) => ({ version, binary: await lab.binary(upstream(version)) })),
        )
        return usePackages(lab, host, daemon, versions)
      }
      await fromOutside(
        lab,
        host,
        `printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d; chmod 755 /usr/sbin/policy-rc.d
        export DEBIAN_FRONTEND=noninteractive; dpkg --configure -a >/dev/null 2>&1
        apt-get -qq -y --allow-downgrades -o Dpkg::Options::=--force-confold install ${names(old)} >/dev/null
        rm /usr/sbin/policy-rc.d; rm -rf /var/lib/zdt/packages/*; systemctl restart ${daemon}`,
      )
    },
    before: (own) => installed(own, old),
    after: async (before, lab) => {
      const digest = await digestOf(lab, upstream(fresh))
      const what =
        daemon === 'nginx'
          ? new RegExp(`^(${host} nginx .*)[0-9a-f]{64}`)
          : new RegExp(`^(${host} binary )[0-9a-f]{64}`)
      return [
        ...replaced(installed(before, fresh), what, `$1${digest}`),
        `${host} file /usr/sbin/${daemon}.zdt-RUN`,
      ].toSorted()
    },
    host,
    deep: true,
  }
}

/** Its binary was replaced by an update that restarted nobody. */
function refreshed(daemon: 'nginx' | 'haproxy', host: string, path: string): Operation {
  const file = `/usr/sbin/${daemon}`
  return {
    name: `refresh-${daemon}`,
    argv: () => Promise.resolve(['refresh', host, '--hold', '200ms', '--timeout', '30s']),
    path,
    setUp: async (lab) => {
      const runs = `/proc/$(systemctl show -p MainPID --value ${daemon})/exe`
      await fromOutside(
        lab,
        host,
        `if [ ${runs} -ef ${file} ]; then cp -p ${file} ${file}-new && mv ${file}-new ${file}; fi`,
      )
    },
    after: (before: World) => Promise.resolve([...before, `${host} file ${file}.zdt-RUN`].toSorted()),
    host,
    deep: true,
  }
}

async function digestOf(lab: Lab, binary: string): Promise<string> {
  return sha256(await readFile(await lab.binary(binary)))
}
