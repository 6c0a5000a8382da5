extension Figure { public func text(width: Int = 80, colour: Bool = false) -> String { "" } }
