-- A message that would colour the terminal and forge a line.
-- expect: error
-- message: \u{1b}[31mfake
error("\27[31mfake\r\27[2K\27]0;title\7")
