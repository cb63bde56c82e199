/** A moment in this machine's time: `14:02`, and before today `2026-03-01 14:02`. */
export function when(at: number): string {
  const date = new Date(at)
  const time = `${two(date.getHours())}:${two(date.getMinutes())}`
  if (date.toDateString() === new Date().toDateString()) return time
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${time}`
}

function two(number: number): string {
  return String(number).padStart(2, '0')
}
