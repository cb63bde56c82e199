import type { Millis } from '../lib/types.ts'

/** Buckets grow by a tenth, and a bucket is told by its middle: what is read is within 5 % of what was put in. */
const growth = 1.1
const smallest: Millis = 0.05
/** The last bucket is beyond an hour. */
const size = 192

/** Durations, counted in a fixed number of buckets, however many there are. Plain data: it crosses threads. */
export interface Histogram {
  readonly counts: number[]
  /** Exact. */
  max: Millis
}

export function emptyHistogram(): Histogram {
  return { counts: Array.from({ length: size }, () => 0), max: 0 }
}

/** Counts one duration. */
export function addDuration(histogram: Histogram, ms: Millis): void {
  const bucket = bucketOf(ms)
  histogram.counts[bucket] = (histogram.counts[bucket] ?? 0) + 1
  histogram.max = Math.max(histogram.max, ms)
}

/** All durations of several histograms. */
export function mergedHistogram(histograms: readonly Histogram[]): Histogram {
  const merged = emptyHistogram()
  for (const { counts, max } of histograms) {
    for (const [bucket, count] of counts.entries()) merged.counts[bucket] = (merged.counts[bucket] ?? 0) + count
    merged.max = Math.max(merged.max, max)
  }
  return merged
}

/** The duration that `share` (0 to 1) of all durations do not exceed, within 5 %, by nearest rank; null of none. */
export function percentile({ counts, max }: Histogram, share: number): Millis | null {
  const total = counts.reduce((sum, count) => sum + count, 0)
  if (total === 0) return null
  let left = Math.max(1, Math.ceil(share * total))
  if (left === total) return max
  const bucket = counts.findIndex((count) => (left -= count) <= 0)
  return Math.min(middleOf(bucket), max)
}

function bucketOf(ms: Millis): number {
  if (ms <= smallest) return 0
  return Math.min(size - 1, 1 + Math.floor(Math.log(ms / smallest) / Math.log(growth)))
}

function middleOf(bucket: number): Millis {
  return bucket === 0 ? smallest : smallest * growth ** (bucket - 0.5)
}
