-- Detections of words in a stream, from scores of windows that follow each other.
local detection = {}

-- The best class of each window, and its margin over the second best, as lists.
function detection.margins(scores)
  local best, classes = scores:topk(2, 2)
  return classes[{ {}, 1 }]:totable(), (best[{ {}, 1 }] - best[{ {}, 2 }]):totable()
end

-- Compares windows with events: the best margin of each event's own class near it, and the margins of false alarms: of
-- windows whose best class is a target that was not said, one for each second. `ends` is the time of a window's end.
function detection.compare(classes, margins, events, is_target, ends, options)
  local own = {}                                 -- by window: the event that it belongs to
  local hits = {}
  for _, event in ipairs(events) do
    if is_target[event.class] then
      local hit = { start = event.start, windows = {} }
      for window = 1, #classes do
        local time = ends(window) - event.start
        if time > options.earliest and time <= 1 + options.latest then
          if classes[window] == event.class then
            table.insert(hit.windows, { delay = time - 1, margin = margins[window] })
            own[window] = true
          end
        end
      end
      hit.margin = -math.huge
      for _, window in ipairs(hit.windows) do hit.margin = math.max(hit.margin, window.margin) end
      table.insert(hits, hit)
    end
  end
  local alarms, last = {}, -math.huge
  for window = 1, #classes do
    if is_target[classes[window]] and not own[window] then
      if ends(window) - last < 1 then
        alarms[#alarms] = math.max(alarms[#alarms], margins[window])
      else
        table.insert(alarms, margins[window])
        last = ends(window)
      end
    end
  end
  return hits, alarms
end

-- The margin that `count` of the false alarms exceed.
function detection.threshold(alarms, count)
  local sorted = table.move(alarms, 1, #alarms, 1, {})
  table.sort(sorted, function(a, b) return a > b end)
  return sorted[count + 1] or -math.huge
end

-- The fraction of hits that a threshold misses.
function detection.misses(hits, threshold)
  local missed = 0
  for _, hit in ipairs(hits) do
    if hit.margin <= threshold then missed = missed + 1 end
  end
  return missed / #hits
end

-- The median delay of the detections, in seconds after the end of the word's clip; nil without any.
function detection.latency(hits, threshold)
  local delays = {}
  for _, hit in ipairs(hits) do
    for _, window in ipairs(hit.windows) do
      if window.margin > threshold then
        table.insert(delays, window.delay)
        break
      end
    end
  end
  table.sort(delays)
  return delays[math.floor(#delays / 2) + 1]
end

return detection
