import { applyCertificateTests } from './support/apply-certificates.ts'
import { describeOnLab, useLab } from './support/lab.ts'

describeOnLab('renewed certificates put live', () => applyCertificateTests(useLab()))
