-- Each connection asks about twelve times a second: enough to see a loss, and the machine has time for what is tested.
function delay()
  return math.random(40, 120)
end
