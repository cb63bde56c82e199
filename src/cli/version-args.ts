import * as Args from '@oclif/core/args'

/** What names one version of one service's configuration on one host. */
export const versionArgs = {
  host: Args.string({ required: true, description: 'The host, by its name in zdt.yaml.' }),
  service: Args.string({ required: true, description: 'The daemon, such as haproxy, or its group: haproxy/edge.' }),
  version: Args.string({ required: true, description: 'The version, or the run that replaced it.' }),
}
