import { expect, test } from 'vitest'
import { parseAppProcess } from '../../../../src/daemons/app/process.ts'

const stat = (pid: number, state: string, ticks: number) =>
  ` stat ${pid} (a ) name) ${state} 1 1 1 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 ${ticks} 1 1`

const answer = [
  '@zdt app-process 1',
  '@unit',
  ' Id=edge.service',
  ' LoadState=loaded',
  ' ActiveState=active',
  ' MainPID=812',
  '@process 811',
  stat(811, 'S', 900),
  ' inode 8:1',
  ' exe /opt/edge/edge (deleted)',
  '@process 812',
  stat(812, 'S', 1200),
  ' inode 8:2',
  ' exe /opt/edge/edge',
  '@process 813',
  stat(813, 'Z', 1300),
  ' inode 8:2',
  ' exe /opt/edge/edge',
  '@file 8:2',
  '@end',
  '',
].join('\n')

test('main process, the others, and the file that they are to execute', () => {
  expect(parseAppProcess(answer)).toMatchObject({
    unit: { id: 'edge.service', activeState: 'active' },
    main: { pid: 812, startTicks: 1200, exeInode: '8:2', exe: '/opt/edge/edge' },
    others: [{ pid: 811, startTicks: 900, exeInode: '8:1', exe: '/opt/edge/edge (deleted)' }],
    inode: '8:2',
  })
})

test('no main process, no such file', () => {
  const none = answer.replace('MainPID=812', 'MainPID=0').replace('@file 8:2', '@file ')
  expect(parseAppProcess(none)).toMatchObject({ main: null, inode: '' })
})

test.each(['', answer.replace('@end\n', ''), 'sh: 1: not found'])('an answer that is none: %#', (text) =>
  expect(parseAppProcess(text)).toBeUndefined(),
)
