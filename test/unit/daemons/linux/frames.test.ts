import { expect, test } from 'vitest'
import { answersFor, testPacket, toHex, whoHas } from '../../../../src/daemons/linux/frames.ts'

const mac = '5a:96:76:7b:a2:1b'

test.each([
  ['10.77.0.100', '0a4d0064'],
  ['2001:db8::100', '20010db8000000000000000000000100'],
  ['fe80::5896:76ff:fe7b:a21b', 'fe80000000000000589676fffe7ba21b'],
])('%s in hex', (address, hex) => expect(toHex(address)).toBe(hex))

test('an ARP request', () => {
  expect(whoHas('10.77.0.100', { mac, address: '10.77.0.12' })).toBe(
    'ffffffffffff5a96767ba21b080600010800060400015a96767ba21b0a4d000c0000000000000a4d0064',
  )
})

test('who answers: each once, and for this address alone', () => {
  const reply = (sender: string, address: string) =>
    `5a96767ba21b${sender}08060001080006040002${sender}${address}5a96767ba21b0a4d000c0000`
  const frames = [
    reply('9e64fdab1c4b', '0a4d0064'),
    reply('9e64fdab1c4b', '0a4d0064'),
    reply('12aed5f469d0', '0a4d0064'),
    reply('020000000001', '0a4d0065'),
    whoHas('10.77.0.100', { mac, address: '10.77.0.12' }),
  ]
  expect(answersFor('10.77.0.100', frames)).toEqual(['9e:64:fd:ab:1c:4b', '12:ae:d5:f4:69:d0'])
})

test('a neighbour solicitation goes to the group of its target, and its checksum holds', () => {
  const frame = whoHas('2001:db8::100', { mac, address: 'fe80::1' })
  expect(frame.slice(0, 28)).toBe('3333ff0001005a96767ba21b86dd')
  const [source, group, icmp] = [frame.slice(44, 76), frame.slice(76, 108), frame.slice(108)]
  expect(group).toBe('ff0200000000000000000001ff000100')
  expect(sumOf(`${source}${group}000000200000003a${icmp}`)).toBe(0xffff)
})

test('a neighbour advertisement names the link-layer address in its option', () => {
  const target = toHex('2001:db8::100')
  const body = `88001234e0000000${target}02019e64fdab1c4b`
  const frame = `5a96767ba21b02000000000186dd6000000000203aff${toHex('2001:db8::11')}${toHex('fe80::1')}${body}`
  expect(answersFor('2001:db8::100', [frame])).toEqual(['9e:64:fd:ab:1c:4b'])
  expect(answersFor('2001:db8::101', [frame])).toEqual([])
})

test.each([
  ['192.0.2.1', '10.77.0.100', 28, 68, (frame: string) => `${frame.slice(52, 68)}00060014`],
  ['2001:db8::1', '2001:db8::100', 28, 108, (frame: string) => `${frame.slice(44, 108)}0000001400000006`],
])('a test packet from %s to %s: both checksums hold', (source, destination, ip, tcp, pseudo) => {
  const frame = testPacket({ from: mac, to: '9e:64:fd:ab:1c:4b', source, destination, nonce: 'cafe0123' })
  expect(frame.slice(0, 24)).toBe('9e64fdab1c4b5a96767ba21b')
  expect(frame).toContain('ffff0009cafe0123')
  if (destination.includes('.')) expect(sumOf(frame.slice(ip, tcp))).toBe(0xffff)
  expect(sumOf(pseudo(frame) + frame.slice(tcp))).toBe(0xffff)
})

/** Of what carries its own checksum, all ones (RFC 1071). */
function sumOf(hex: string): number {
  const sum = (hex.match(/.{4}/g) ?? []).reduce((total, word) => total + Number.parseInt(word, 16), 0)
  return (sum & 0xffff) + (sum >>> 16)
}
