import * as Flags from '@oclif/core/flags'
import { strategies } from '../fleet/strategies.ts'
import { approvalFlags, batchesFlag, countFlag, optionalDurationFlag, sharesFlag } from './flags.ts'

/** What goes over `rollout` in zdt.yaml, for one run. */
export const rolloutFlags = {
  strategy: Flags.option({ options: strategies })({ summary: 'How, over `strategy` in zdt.yaml.' }),
  shares: sharesFlag({
    summary: 'What a canary, or the colour that comes, gets of the traffic, over `shares` in zdt.yaml.',
  }),
  samples: countFlag(1, 'How many answers a canary is judged by at each share, over `canary.samples` in zdt.yaml.'),
  ...approvalFlags,
  'keep-old': optionalDurationFlag(
    'With blue-green: how long the colour that served stays as it is, over `blue_green.keep_old` in zdt.yaml.',
  ),
  batch: batchesFlag({ summary: 'How many servers at once, over `batch` in zdt.yaml.' }),
  settle: optionalDurationFlag('How long each must be well on its own before it serves, over `settle` in zdt.yaml.'),
  rehearse: countFlag(
    0,
    'How many requests each must answer on its own, over `rehearse.requests` in zdt.yaml; 0 is none.',
  ),
  'min-healthy': optionalDurationFlag('How long each is watched once it serves, over `min_healthy` in zdt.yaml.'),
  'max-failures': countFlag(0, 'How many servers may fail and stay out of rotation, over `max_failures` in zdt.yaml.'),
  'slow-start': optionalDurationFlag(
    'How long until each that comes back has its full weight, over `slow_start` in zdt.yaml.',
  ),
}
