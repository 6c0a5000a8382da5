import peer

x = peer.given()["x"]
peer.run(lambda: x.topk(10, 1)[0])
