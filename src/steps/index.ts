import type { Step } from '../engine/plan.ts'
import type { Description, StepKind } from '../engine/step-kind.ts'
import { deployVersion } from './app/deploy.ts'
import { rehearseApp } from './app/rehearse.ts'
import { appSettles } from './app/settle.ts'
import { appRuns } from './app/runs.ts'
import { stopApp } from './app/stop.ts'
import { exchangeApp } from './app/upgrade/exchange.ts'
import { fitAppForUpgrade } from './app/upgrade/fit.ts'
import { holdApp } from './app/upgrade/hold.ts'
import { oldAppGone } from './app/upgrade/old-gone.ts'
import { keepRunning } from './binary/keep-running.ts'
import { stageBinary } from './binary/stage-binary.ts'
import { configAsPlanned } from './config/as-planned.ts'
import { fitForReload } from './config/fit.ts'
import { putLive } from './config/put-live.ts'
import { reloadDaemon } from './config/reload.ts'
import { stageConfig } from './config/stage-config.ts'
import { tryConfig } from './config/try-config.ts'
import { addServerAtRunTime } from './haproxy/add-server.ts'
import { askFreshCheck } from './haproxy/ask-fresh-check.ts'
import { awaitDrained } from './haproxy/await-drained.ts'
import { awaitPassingCheck } from './haproxy/await-passing-check.ts'
import { enoughServers } from './haproxy/capacity.ts'
import { enoughAfterReload } from './haproxy/enough-after-reload.ts'
import { fewOldWorkers } from './haproxy/few-old-workers.ts'
import { oldWorkersGone } from './haproxy/old-workers-gone.ts'
import { renewCertificate } from './haproxy/renew-certificate.ts'
import { removeServerAtRunTime } from './haproxy/remove-server.ts'
import { setServerAddress } from './haproxy/set-address.ts'
import { setAgent } from './haproxy/set-agent.ts'
import { setServerState } from './haproxy/set-state.ts'
import { setAgain } from './haproxy/set-again.ts'
import { setServerWeight } from './haproxy/set-weight.ts'
import { stopTelling } from './haproxy/stop-telling.ts'
import { watchSeats } from './haproxy/watch-seats.ts'
import { hostIsBack } from './host/back.ts'
import { hostIsQuiet } from './host/quiet.ts'
import { hostWork } from './host/work.ts'
import { passGate } from './gates/pass.ts'
import { holdOffKeepalived } from './keepalived/hold-off.ts'
import { haproxyCandidateRuns } from './haproxy/upgrade/candidate-runs.ts'
import { exchangeHaproxy } from './haproxy/upgrade/exchange.ts'
import { fitForExchange } from './haproxy/upgrade/fit.ts'
import { holdHaproxy } from './haproxy/upgrade/hold.ts'
import { haproxyTrialStart } from './haproxy/upgrade/trial-start.ts'
import { isBackup, restartKeepalived } from './keepalived/restart.ts'
import { startsAgain } from './keepalived/starts-again.ts'
import { exchangeKeepalived } from './keepalived/upgrade/exchange.ts'
import { keepalivedTrialStart } from './keepalived/upgrade/trial-start.ts'
import { runKeepalived } from './keepalived/run-daemon.ts'
import { setPriority } from './keepalived/set-priority.ts'
import { candidateRuns } from './nginx/candidate-runs.ts'
import { fitForUpgrade } from './nginx/fit-for-upgrade.ts'
import { holdNew } from './nginx/hold.ts'
import { oldMasterGone } from './nginx/old-master-gone.ts'
import { quitOldMaster } from './nginx/quit-old-master.ts'
import { installPackages } from './nginx/install-packages.ts'
import { healMaster } from './nginx/repair/heal-master.ts'
import { orphansGone, quitOrphans } from './nginx/repair/quit-orphans.ts'
import { removeOldbin } from './nginx/repair/remove-oldbin.ts'
import { writePidFile } from './nginx/repair/write-pid-file.ts'
import { replaceBinary } from './nginx/replace-binary.ts'
import { retireOldWorkers } from './nginx/retire-old-workers.ts'
import { haproxyServes } from './split/haproxy-serves.ts'
import { loadMap } from './split/load-map.ts'
import { nginxServes } from './split/nginx-serves.ts'
import { startNewMaster } from './nginx/start-new-master.ts'
import { trialStart } from './nginx/trial-start.ts'
import { runbookStep } from './runbook-step.ts'
import { fetchPackages } from './packages/fetch.ts'
import { awaitAnswer } from './upstream/await-answer.ts'
import { awaitUnconnected } from './upstream/await-unconnected.ts'
import { enoughAnswer } from './upstream/enough-answer.ts'
import { enoughAnswerAfter } from './upstream/enough-after-reload.ts'
import { serversAnswer } from './upstream/servers-answer.ts'
import { watchAnswers } from './upstream/watch-answers.ts'
import { announceVip } from './vip/announce.ts'
import { awaitFit } from './vip/await-fit.ts'
import { awaitHolder } from './vip/await-holder.ts'
import { answersAlike } from './vip/answers.ts'
import { segmentCarries } from './vip/carries.ts'
import { dropStray } from './vip/drop-stray.ts'
import { fitToTake } from './vip/fit-to-take.ts'
import { handedOff } from './vip/handed-off.ts'
import { keepOpen } from './vip/keep-open.ts'
import { mayGoBack } from './vip/may-go-back.ts'
import { passOn } from './vip/pass-on.ts'
import { vipStays } from './vip/stays.ts'

const all = [
  deployVersion,
  appRuns,
  stopApp,
  rehearseApp,
  appSettles,
  configAsPlanned,
  fitForReload,
  putLive,
  reloadDaemon,
  stageConfig,
  tryConfig,
  passGate,
  haproxyServes,
  loadMap,
  nginxServes,
  awaitAnswer,
  awaitUnconnected,
  enoughAnswer,
  enoughAnswerAfter,
  serversAnswer,
  watchAnswers,
  addServerAtRunTime,
  askFreshCheck,
  awaitDrained,
  awaitPassingCheck,
  enoughServers,
  enoughAfterReload,
  fewOldWorkers,
  oldWorkersGone,
  renewCertificate,
  removeServerAtRunTime,
  setServerAddress,
  setAgent,
  setServerState,
  setServerWeight,
  setAgain,
  stopTelling,
  watchSeats,
  hostIsBack,
  hostIsQuiet,
  hostWork,
  haproxyCandidateRuns,
  exchangeHaproxy,
  fitForExchange,
  holdHaproxy,
  haproxyTrialStart,
  candidateRuns,
  fitForUpgrade,
  holdNew,
  oldMasterGone,
  quitOldMaster,
  installPackages,
  fetchPackages,
  healMaster,
  orphansGone,
  quitOrphans,
  removeOldbin,
  writePidFile,
  replaceBinary,
  retireOldWorkers,
  exchangeApp,
  fitAppForUpgrade,
  holdApp,
  oldAppGone,
  keepRunning,
  stageBinary,
  startNewMaster,
  trialStart,
  holdOffKeepalived,
  isBackup,
  restartKeepalived,
  startsAgain,
  exchangeKeepalived,
  keepalivedTrialStart,
  runKeepalived,
  setPriority,
  announceVip,
  awaitFit,
  awaitHolder,
  dropStray,
  answersAlike,
  segmentCarries,
  fitToTake,
  mayGoBack,
  handedOff,
  keepOpen,
  passOn,
  vipStays,
] as const

/** Every kind of step by its name: what the engine runs and a journal is read with. */
export const stepKinds: ReadonlyMap<string, StepKind> = new Map(all.map((kind) => [kind.kind, kind]))

/** What a step says of itself. A journal of another version may hold kinds that this one does not know. */
export function describeStep(step: Step): Description {
  if (step.kind === runbookStep.kind) return runbookStep.describe(step.input)
  const kind = stepKinds.get(step.kind)
  return kind ? kind.describe(step.input, step.host) : { title: step.kind, commands: [] }
}
