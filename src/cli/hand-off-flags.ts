import * as Flags from '@oclif/core/flags'
import { durationFlag, onTimeoutFlag, runFlags } from './flags.ts'

/** What every command that moves a VIP takes. */
export const handOffFlags = {
  ...runFlags,
  'on-timeout': onTimeoutFlag('leave'),
  'max-handoff': durationFlag({ default: '10m', summary: 'How long established connections may take to end.' }),
  'no-hand-off': Flags.boolean({ summary: 'Move it without keeping connections: they are cut.' }),
}
