import { applyCertificateTests } from '../support/apply-certificates.ts'
import { describeOnLab, useLab } from '../support/lab.ts'

describeOnLab('renewed certificates put live with HAProxy 2.6 and nginx 1.22', () =>
  applyCertificateTests(useLab({ flags: ['--suite', 'bookworm'] })),
)
