fetch 5000 from replay
