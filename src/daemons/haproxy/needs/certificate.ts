import { X509Certificate } from 'node:crypto'
import { fingerprintOf, whyReload, type Certificates } from '../certificates.ts'
import type { Needed } from './change.ts'

/** What the running worker says of a file: the certificates in use, and the SHA-1 of the one that is served from it. */
export type Served = { readonly certificates: Certificates; readonly fingerprint: string | undefined }

/** A file of HAProxy's beside its main one, as it lies there and as it is to be. It may hold a key: nothing of it is said. */
export type FileTexts = { readonly before: string | undefined; readonly after: string }

/**
 * What a changed file beside haproxy.cfg needs: a renewed certificate is given to the running worker (management guide,
 * "set ssl cert"), all else is read at start only. Pure.
 */
export function certificateNeeded(file: string, { before, after }: FileTexts, served: Served): Needed {
  const [old, fresh] = [before === undefined ? undefined : fingerprintOf(before), fingerprintOf(after)]
  if (before === undefined) return reload(file, 'new file')
  if (fresh === undefined || old === undefined) return reload(file, 'it is read at start only')
  const why = whyReload(file, before, after, served.certificates)
  if (why !== undefined) return reload(file, why)
  // What is served otherwise nobody could put back: its text is known to HAProxy alone.
  const known = [old, fresh].includes(served.fingerprint ?? '')
  if (!known) return reload(file, 'HAProxy serves another certificate than the one that lies there')
  const [from, to] = [until(before), until(after)]
  // Of the same day: that it is another one is told by its fingerprint alone.
  const what =
    from === to
      ? `certificate ${short(old)} → ${short(fresh)} (SHA-1), both until ${to}`
      : `certificate until ${from} → until ${to}`
  return { where: file, what, need: 'runtime', change: { change: 'certificate', file, fingerprint: fresh } }
}

function reload(where: string, why: string): Needed {
  return { where, what: '', need: 'reload', why }
}

function short(fingerprint: string): string {
  return `${fingerprint.slice(0, 12)}…`
}

/** The day on which a certificate ends: `2026-12-21`. */
function until(pem: string): string {
  return new Date(new X509Certificate(pem).validTo).toISOString().slice(0, 10)
}
