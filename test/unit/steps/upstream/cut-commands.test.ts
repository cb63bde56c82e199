import { expect, test } from 'vitest'
import { cutCommands } from '../../../../src/steps/upstream/await-unconnected.ts'

const to = ['ss', '-K', '-Htn', 'state', 'established', 'dst', '[fd00::21]', 'dport', '=', ':8080']

test('those that were counted, by their ports, and no other of the host', () => {
  const open = [{ local: '[fd00::11]:40000' }, { local: '[fd00::11]:40002' }]
  const commands = cutCommands({ address: 'fd00::21', port: 8080 }, open)
  expect(commands).toEqual([[...to, '(', 'sport', '=', ':40000', 'or', 'sport', '=', ':40002', ')']])
})

test('nobody is left: nothing is cut', () => {
  expect(cutCommands({ address: '10.0.0.21', port: 80 }, [])).toEqual([])
})

test('many: so many commands that each can be given', () => {
  const open = Array.from({ length: 2500 }, (_, index) => ({ local: `10.0.0.11:${20_000 + index}` }))
  const commands = cutCommands({ address: 'fd00::21', port: 8080 }, open)
  const ports = commands.flatMap((argv) => argv.slice(to.length).filter((word) => word.startsWith(':')))
  expect(commands).toHaveLength(3)
  expect(ports).toEqual(open.map(({ local }) => local.slice(local.indexOf(':'))))
})
