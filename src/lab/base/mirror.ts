import { command } from '../command.ts'
import { NoLabHere } from '../errors.ts'

/** The Debian mirror that this machine's own apt uses, so that the lab needs no other way to the outside. */
export async function debianMirror(): Promise<string> {
  const sites = await command([
    'apt-get',
    'indextargets',
    '--format=$(SITE)',
    'Created-By: Packages',
    'Origin: Debian',
    'Label: Debian',
  ])
  const site = sites.split('\n').find(Boolean)
  if (site === undefined) throw new NoLabHere("this machine's apt knows no Debian mirror (`apt-get update` first?)")
  return site
}

/** The keys that Debian signs its archive with. */
export const archiveKeyring = '/usr/share/keyrings/debian-archive-keyring.gpg'

/** The proxy that apt is told to use, as the environment that debootstrap's wget reads. */
export async function aptProxy(): Promise<Record<string, string>> {
  const proxy = /'(.*)'/.exec(await command(['apt-config', 'shell', 'proxy', 'Acquire::http::Proxy']))?.[1]
  return proxy === undefined || proxy === '' || proxy === 'DIRECT' ? {} : { http_proxy: proxy, https_proxy: proxy }
}
