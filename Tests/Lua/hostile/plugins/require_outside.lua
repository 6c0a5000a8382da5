-- Names that would lead require out of its folders (links, letter case: HostileWorldTests).
-- expect: completes
for _, name in ipairs {
  "../../etc/passwd", "/etc/passwd", "a\0b", "..", ".", "", " ", "a..b", ".a", "a.", "a/b", "a\\b", "./json",
  "lib/spin", "file:///etc/passwd", "~", "%2e%2e", "..\0", "nightjar\0", "nightjar.nn", "lib.",
} do
  assert(not pcall(require, name), name)
end
