import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { encodeFrame, FrameReader } from '../../../src/lab/app/frames.ts'

/** A frame as a client sends it: masked. */
function fromClient(payload: Buffer): Buffer {
  const plain = encodeFrame('text', payload)
  const mask = randomBytes(4)
  const start = plain.length - payload.length
  const head = Buffer.from(plain.subarray(0, start))
  head[1] = (head[1] ?? 0) | 0x80
  return Buffer.concat([head, mask, payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0))])
}

test.each([0, 1, 125, 126, 65_535, 65_536])('a text of %i bytes comes through', (size) => {
  const payload = randomBytes(size)
  expect(new FrameReader().read(fromClient(payload))).toEqual([{ opcode: 'text', payload }])
})

test('a frame may come in pieces, and two in one piece', () => {
  const reader = new FrameReader()
  const bytes = Buffer.concat([fromClient(Buffer.from('one')), fromClient(Buffer.from('two'))])
  const frames = [...bytes].flatMap((byte) => reader.read(Buffer.from([byte])))
  expect(frames.map((frame) => frame.payload.toString())).toEqual(['one', 'two'])
  expect(new FrameReader().read(bytes)).toHaveLength(2)
})

test('what the protocol does not know ends the connection', () => {
  expect(new FrameReader().read(Buffer.from([0x83, 0]))).toMatchObject([{ opcode: 'close' }])
})
